import { httpProblem, sendProblem } from '../http/problem.ts'
import type { Endpoint } from './endpoint.ts'

export interface Health {
  isDraining(): boolean
  /** Rejects when the database does not answer. */
  checkDatabase(): Promise<void>
}

/** Whether the process lives. Asks nothing of anybody. */
export const healthz: Endpoint = async (context) => context.json({ status: 'ok' })

/** Whether to send requests here: not while the database is away, nor while shutting down. */
export function readyz({ isDraining, checkDatabase }: Health): Endpoint {
  return async (context) => {
    const ready =
      !isDraining() &&
      (await checkDatabase().then(
        () => true,
        () => false,
      ))
    if (ready) return context.json({ status: 'ready' })
    return sendProblem(context, httpProblem(503, 'not_ready', { 'retry-after': '5' }))
  }
}
