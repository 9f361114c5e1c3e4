import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { PasswordOptions } from '../src/accounts/passwords.ts'
import { type Environment, readConfig } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import type { Service } from '../src/service.ts'
import { start } from '../src/start.ts'

export interface TestService {
  readonly origin: string
  /** Where it can be reached; another than `origin` only where `ORIGIN` was set. */
  readonly listensOn: string
  readonly service: Service
  readonly databasePath: string
  /** Printed by a start without an administrator. */
  readonly setupCode: string | undefined
  /** Everything that was logged. */
  readonly logged: LoggedEvent[]
  /** Moves the service's clock forward. */
  advance(seconds: number): void
  /** A statement on a connection of its own, as from an SQL shell. */
  sql(statement: string, ...values: (string | number | null)[]): Record<string, unknown>[]
  /** Stops the service, and deletes its database unless that was given. */
  stop(): Promise<void>
}

export interface LoggedEvent {
  readonly event: string
  readonly [field: string]: unknown
}

export interface TestServiceOptions {
  /** As from the process's environment. Default: any free port, a new database. */
  readonly environment?: Environment
  /** To start a second service on the database of a first one. */
  readonly databasePath?: string
  readonly passwords?: PasswordOptions
}

/** Starts the service as `npm start` does, in this process, with a clock that tests move. */
export async function startService(options: TestServiceOptions = {}): Promise<TestService> {
  const folder = await mkdtemp(join(tmpdir(), 'cloakroom-service-'))
  const databasePath = options.databasePath ?? join(folder, 'service.sqlite')
  let ahead = 0
  const clock = () => Date.now() + ahead
  const logged: LoggedEvent[] = []
  const config = readConfig({ PORT: '0', DATABASE_URL: databasePath, ...options.environment })
  const log = createLog((line) => void logged.push(JSON.parse(line)), clock)
  const started = await start({
    config,
    log,
    clock,
    ...(options.passwords && { passwords: options.passwords }),
  })

  return {
    origin: started.origin,
    listensOn: `http://${config.host}:${started.port}`,
    service: started.service,
    databasePath,
    setupCode: started.setupCode,
    logged,
    advance(seconds) {
      ahead += seconds * 1000
    },
    sql(statement, ...values) {
      const shell = new DatabaseSync(databasePath, { timeout: 5000 })
      try {
        return shell
          .prepare(statement)
          .all(...values)
          .map((row) => ({ ...row }))
      } finally {
        shell.close()
      }
    },
    async stop() {
      await started.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
