import type { Passwords } from '../src/accounts/passwords.ts'
import { type Environment, readConfig } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import type { Service } from '../src/service.ts'
import { start } from '../src/start.ts'
import { newDatabase, type TestDatabase } from './new-database.ts'

export interface TestService extends Pick<TestDatabase, 'sql'> {
  readonly origin: string
  /** Where it can be reached; another than `origin` only where `ORIGIN` was set. */
  readonly listensOn: string
  readonly service: Service
  readonly database: TestDatabase
  /** Printed by a start without an administrator. */
  readonly setupCode: string | undefined
  /** Everything that was logged. */
  readonly logged: LoggedEvent[]
  /** Moves the service's clock forward, and that of the sessions, unless they are in a Valkey. */
  advance(seconds: number): Promise<void>
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
  readonly database?: TestDatabase
  readonly passwords?: Passwords
}

/** Starts the service as `npm start` does, in this process, with a clock that tests move. */
export async function startService(options: TestServiceOptions = {}): Promise<TestService> {
  const database = options.database ?? (await newDatabase())
  const timeIsOurs = database.kind === 'sqlite' && !database.hasSessionStore
  let ahead = 0
  const clock = () => Date.now() + ahead
  const logged: LoggedEvent[] = []
  const config = readConfig({ PORT: '0', ...database.environment, ...options.environment })
  const log = createLog((line) => void logged.push(JSON.parse(line)), clock)
  const started = await start({
    config,
    log,
    clock,
    ...(timeIsOurs ? {} : { sessionClock: Date.now }),
    ...(options.passwords && { passwords: options.passwords }),
  })

  return {
    origin: started.origin,
    listensOn: `http://${config.host}:${started.port}`,
    service: started.service,
    database,
    setupCode: started.setupCode,
    logged,
    async advance(seconds) {
      ahead += seconds * 1000
      if (!database.hasSessionStore) await database.ageSessions(seconds)
    },
    sql: database.sql,
    async stop() {
      await started.stop()
      if (options.database === undefined) await database.remove()
    },
  }
}
