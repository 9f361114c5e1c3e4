import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs `work` with an empty directory that is gone afterwards, after Ctrl-C too. */
export async function withTemporaryDirectory<Result>(
  work: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'cloakroom-bench-'))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  const interrupted = (signal: NodeJS.Signals) => {
    process.exit(128 + constants.signals[signal])
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  process.on('exit', remove)
  for (const signal of signals) process.on(signal, interrupted)
  try {
    return await work(directory)
  } finally {
    remove()
    process.removeListener('exit', remove)
    for (const signal of signals) process.removeListener(signal, interrupted)
  }
}
