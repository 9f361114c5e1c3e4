import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { CheckFailed } from '../measuring/workload.ts'
import { type MeasureArguments, measureUsage, parseMeasureArguments } from './arguments.ts'
import { describePlace, describeUrl } from './databases/parse-place.ts'
import { measureAll } from './measure-all.ts'
import { MeasureError } from './measure-error.ts'
import { createProgress } from './progress.ts'
import { renderPage } from './report/page.ts'
import { renderTerminal } from './report/terminal.ts'
import { stopOnSignals } from './stop-on-signals.ts'
import { makeWorkspace } from './workspace/workspace.ts'

const exitCodes = { usage: 2, driver_missing: 2, not_confirmed: 3, failed: 1 }

/** `should-i-use-jwt measure …`; gives the exit code. */
export async function measureCommand(typed: readonly string[]): Promise<number> {
  const stop = stopOnSignals()
  try {
    const given = parseMeasureArguments(typed)
    if (given.isHelp) {
      process.stdout.write(`${measureUsage}\n`)
      return 0
    }
    await confirm(given)
    await measure(given, stop.signal)
    return 0
  } catch (error) {
    if (stop.signal.aborted) return stop.exitCode()
    if (error instanceof MeasureError) {
      console.error(error.code === 'usage' ? `${error.message}\n\n${measureUsage}` : error.message)
      return exitCodes[error.code]
    }
    console.error(error instanceof CheckFailed ? error.message : describeFailure(error))
    return exitCodes.failed
  } finally {
    stop.close()
  }
}

async function measure(given: MeasureArguments, signal: AbortSignal): Promise<void> {
  const progress = createProgress(process.stderr)
  const workspace = await makeWorkspace({
    ...given,
    onLeftover: (name) => console.error(`Removed ${name}, which a run that was killed had left`),
  })
  try {
    signal.throwIfAborted()
    const figures = await measureAll(given, { workspace, signal, progress })
    process.stdout.write(`${renderTerminal(figures)}\n`)
    if (given.json !== undefined)
      await writeFile(given.json, `${JSON.stringify(figures, null, 2)}\n`)
    if (given.html !== undefined) await writeFile(given.html, renderPage(figures))
  } finally {
    progress('Removing what was made')
    await workspace.remove()
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  }
}

/** @throws {MeasureError} `not_confirmed` */
async function confirm({ database, valkey, isConfirmed }: MeasureArguments): Promise<void> {
  const servers = [
    ...(database === undefined ? [] : [describePlace(database)]),
    ...(valkey === undefined ? [] : [describeUrl(valkey)]),
  ]
  // A file in the temporary directory needs nobody's permission.
  if (servers.length === 0 || isConfirmed) return
  if (!process.stdin.isTTY) {
    const message = 'There is no terminal to ask whether something may be made: add --yes'
    throw new MeasureError('not_confirmed', message)
  }
  console.error(
    `This makes a schema, prefix or file of its own at ${servers.join(' and at ')}, keeps the server busy\n` +
      'for some minutes, and takes away what it made. Not for a server that people depend on.',
  )
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question('Go on? [y/N] ').finally(() => terminal.close())
  if (!/^y(?:es)?$/i.test(answer.trim()))
    throw new MeasureError('not_confirmed', 'Nothing was done')
}

// Of drivers, whose messages name hosts and users but no passwords.
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const inner = error instanceof AggregateError ? error.errors.map(String).join('; ') : ''
  return `Measuring failed: ${error.message}${inner}${cause}`
}
