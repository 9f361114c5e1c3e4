import { openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type Check, type Ended, outcomes, readMoment } from './history.ts'

/** A line of what a process called and was told. */
export type Line =
  | { readonly call: number; readonly of: Ended; readonly isSettled: boolean; readonly at: number }
  | { readonly acknowledged: number; readonly at: number }
  | {
      readonly token: number
      readonly session: number
      readonly user: number
      readonly begunAt: number
      readonly at: number
    }

/** Numbers of one verification. */
export const checkWidth = 4
const bufferedChecks = 256

export function pathsOf(folder: string, process: number): { changes: string; checks: string } {
  const path = (kind: string) => join(folder, `${process}.${kind}`)
  return { changes: path('changes'), checks: path('checks') }
}

/**
 * Writes down what this process does, at once: what has been written the operating system has, whatever
 * becomes of the process.
 */
export class Recorder {
  readonly #changes: number
  readonly #checks: number
  readonly #buffer = new Float64Array(bufferedChecks * checkWidth)
  #buffered = 0
  #calls = 0

  constructor(folder: string, process: number) {
    const { changes, checks } = pathsOf(folder, process)
    this.#changes = openSync(changes, 'ax')
    this.#checks = openSync(checks, 'ax')
  }

  /** To be called before the ending is; returns what to call when it is acknowledged. */
  ending(of: Ended, isSettled = false): () => void {
    this.#calls += 1
    const call = this.#calls
    this.#write({ call, of, isSettled, at: readMoment() })
    return () => this.#write({ acknowledged: call, at: readMoment() })
  }

  /** To be called before anybody else is told of the token. */
  issued(token: number, session: number, user: number, begunAt: number): void {
    this.#write({ token, session, user, begunAt, at: readMoment() })
  }

  checked({ token, begunAt, endedAt, outcome }: Check): void {
    this.#buffer.set([token, begunAt, endedAt, outcomes.indexOf(outcome)], this.#buffered)
    this.#buffered += checkWidth
    if (this.#buffered === this.#buffer.length) this.flush()
  }

  /** Writes the verifications; a kill loses those since then. */
  flush(): void {
    if (this.#buffered === 0) return
    writeSync(this.#checks, this.#buffer.subarray(0, this.#buffered))
    this.#buffered = 0
  }

  #write(line: Line): void {
    writeSync(this.#changes, `${JSON.stringify(line)}\n`)
  }
}
