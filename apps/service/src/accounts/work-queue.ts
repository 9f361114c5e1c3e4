import { ServiceError } from '../service-error.ts'

/** Runs heavy work when it is its turn. */
export type RunInTurn = <Result>(heavy: () => Promise<Result>) => Promise<Result>

/**
 * Lets in only as many as will get their turn soon, and refuses the rest before it has cost
 * anything: a burst of sign-ins then slows down those sign-ins, and not the whole process.
 */
export interface WorkQueue {
  /** @throws {ServiceError} `overloaded` at once when the queue is full; nothing was begun then */
  admit<Result>(work: (inTurn: RunInTurn) => Promise<Result>): Promise<Result>
}

const retryAfterSeconds = 2

/** At most `concurrency` pieces of heavy work at once, and `length` more that wait. */
export function createWorkQueue(limits: { concurrency: number; length: number }): WorkQueue {
  const waiting: (() => void)[] = []
  let places = limits.concurrency + limits.length
  let running = 0

  const inTurn: RunInTurn = async (heavy) => {
    if (running < limits.concurrency) running += 1
    // Whoever ends hands the turn on, so `running` stays as it is.
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await heavy()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }

  return {
    async admit(work) {
      if (places === 0) throw new ServiceError('overloaded', retryAfterSeconds)
      places -= 1
      try {
        return await work(inTurn)
      } finally {
        places += 1
      }
    },
  }
}
