import type { Estimate } from '../measuring/bootstrap.ts'

/** Everything that was measured: what `--json` writes, and what the reports are made of. */
export interface Figures {
  readonly date: string
  readonly machine: Machine
  /** Of the servers, without passwords. */
  readonly database: string
  readonly valkey?: string
  readonly sessions: number
  readonly rounds: number
  readonly milliseconds: number
  readonly jwtSeconds: number
  readonly seed: number
  readonly isQuick: boolean
  readonly concurrencies: readonly number[]
  /** Requests a second that the person has. */
  readonly rps?: number
  readonly contenders: readonly ContenderFigures[]
  readonly saturation: Saturation
  /** The reference's twin ÷ the reference, in requests a second: 1 on a machine that is not disturbed. */
  readonly noise: Estimate
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  /** Of one minute, before anything was measured. */
  readonly load: number
}

export interface ContenderFigures {
  readonly id: string
  readonly name: string
  readonly seesBans: boolean
  /** Bytes of the header's value. */
  readonly credentialBytes: number
  /** Seconds, of each log-out that was tried; null: there is none. */
  readonly revocationSeconds: readonly number[] | null
  readonly isRevocationWaitedFor: boolean
  /** By the kind of request; a kind is absent if it cannot occur. */
  readonly statements: Readonly<Partial<Record<string, number>>>
  readonly workloads: readonly WorkloadFigures[]
}

export interface WorkloadFigures {
  /** `load`, `orders`, `mix`, or the kind of an unauthenticated request. */
  readonly workload: string
  readonly concurrency: number
  readonly requestsPerSecond: Estimate
  /** Milliseconds. */
  readonly p50: Estimate
  readonly p99: Estimate
  /** Microseconds of the application's process for a request. */
  readonly cpu: Estimate
  /** Requests a second ÷ those of the reference, round by round. */
  readonly ratio: Estimate
}

/** Verifications without HTTP, by one process, two, four, up to as many as there are cores. */
export interface Saturation {
  readonly steps: readonly { readonly processes: number; readonly perSecond: Estimate }[]
  /** The most of them. */
  readonly perSecond: number
  /** The last step had still more than the one before: what ended it was this machine. */
  readonly isStillRising: boolean
}
