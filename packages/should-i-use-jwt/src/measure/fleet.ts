import { extname, join } from 'node:path'
import { type RunningApplication, startApplication } from '../measuring/start-application.ts'
import type { ContenderOptions } from './contenders/contender.ts'
import { type ContenderEntry, contenders } from './contenders/contenders.ts'
import { referenceId } from './contenders/reference.ts'
import { makeSigningKeys } from './contenders/signing-keys.ts'
import type { Workspace } from './workspace/workspace.ts'

export interface FleetOptions {
  readonly workspace: Workspace
  readonly sessions: number
  readonly users: number
  readonly jwtSeconds: number
  /** Ids of contenders; `undefined`: all. */
  readonly only: readonly string[] | undefined
  readonly signal: AbortSignal
}

/** Starts processes of contenders that share one workspace and its keys. */
export interface Fleet {
  readonly entries: readonly ContenderEntry[]
  /** Default: a process with all the sessions, in which nothing is counted. */
  start(
    entry: ContenderEntry,
    options?: { readonly sessions?: number; readonly isCounting?: boolean },
  ): Promise<RunningApplication>
  /** Resolves when none of the processes is left that it has started. */
  disband(): Promise<void>
}

// In what is published the module has another extension.
const module = join(import.meta.dirname, `contenders/server${extname(import.meta.filename)}`)

export function createFleet({ workspace, signal, only, ...amounts }: FleetOptions): Fleet {
  const { place, valkey } = workspace
  const keys = makeSigningKeys()
  const started: RunningApplication[] = []
  return {
    entries: contenders.filter(
      ({ id, needsValkey }) =>
        (valkey !== undefined || !needsValkey) &&
        (only === undefined || id === referenceId || only.includes(id)),
    ),
    async start({ id, name }, { sessions = amounts.sessions, isCounting = false } = {}) {
      const options: ContenderOptions = {
        ...amounts,
        ...{ contender: id, place, valkey, keys, sessions, isCounting },
      }
      const application = await startApplication({ name, module, options, signal })
      started.push(application)
      return application
    },
    async disband() {
      await Promise.all(started.map((application) => application.kill()))
    },
  }
}
