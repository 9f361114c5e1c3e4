import { createPasswords } from '../accounts/passwords.ts'
import type { Config } from '../config.ts'
import { createLog } from '../log.ts'
import { endingBy, onSignals, reportCrashes, startOrExit } from '../run.ts'
import type { Order, Role, Serving } from './messages.ts'

/** Serves as one of several processes; ends when it is told to, or when the supervisor is gone. */
export async function runWorker(config: Config): Promise<void> {
  let end = (): void => process.exit(0)
  const { promise, resolve: take } = Promise.withResolvers<Role>()
  process.on('message', (order: Order) => {
    if (order === 'stop') end()
    else take(order.serve)
  })
  // A terminal sends it to all processes at once; the supervisor tells this one what follows.
  process.on('SIGINT', () => {})
  // Before it serves there is nothing to drain, and to end then is no failure either.
  onSignals(['SIGTERM'], () => end())

  const { number, issuesSetupCode } = await promise
  const log = createLog((line) => process.stdout.write(line), Date.now, number)
  reportCrashes(log)
  // There are others to keep the cores busy.
  const passwords = await createPasswords({ concurrency: 1 })
  const started = await startOrExit({ config, log, passwords, issuesSetupCode })
  end = endingBy(started.stop, log)
  const { origin, setupCode } = started
  process.send?.({ origin, setupCode } satisfies Serving)
}
