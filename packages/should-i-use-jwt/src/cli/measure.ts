// `should-i-use-jwt measure`
import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { type MeasureArguments, measureUsage, parseMeasureArguments } from '../measure/arguments.ts'
import { describePlace, describeUrl } from '../measure/databases/parse-place.ts'
import { measureAll } from '../measure/measure-all.ts'
import { MeasureError } from '../measure/measure-error.ts'
import { createProgress } from '../measure/progress.ts'
import { renderTerminal } from '../measure/report/terminal.ts'
import { stopOnSignals } from '../measure/stop-on-signals.ts'
import { makeWorkspace } from '../measure/workspace/workspace.ts'
import { CheckFailed } from '../measuring/workload.ts'
import { type Command, exitCodes, type Surroundings, UsageError } from './command.ts'

export const measure: Command = {
  summary: 'measure ways to authenticate on this machine and your servers',
  help: measureUsage,
  async run(args, surroundings) {
    const { errors, environment } = surroundings
    const stop = stopOnSignals(errors)
    try {
      const given = parseMeasureArguments(args, environment)
      await confirm(given, surroundings)
      await measureAndReport(given, stop.signal, surroundings)
      return exitCodes.done
    } catch (error) {
      if (stop.signal.aborted) return stop.exitCode()
      if (error instanceof MeasureError && error.code === 'usage') {
        throw new UsageError(error.message)
      }
      errors.write(`${describeFailure(error)}\n`)
      return error instanceof MeasureError ? exitCodes.usage : exitCodes.failed
    } finally {
      stop.close()
    }
  },
}

async function measureAndReport(
  given: MeasureArguments,
  signal: AbortSignal,
  { output, errors }: Surroundings,
): Promise<void> {
  const progress = createProgress(errors)
  const workspace = await makeWorkspace({
    ...given,
    onLeftover: (name) => {
      errors.write(`Removed ${name}, which a run that was killed had left\n`)
    },
  })
  try {
    signal.throwIfAborted()
    const figures = await measureAll(given, { workspace, signal, progress })
    output.write(`${renderTerminal(figures)}\n`)
    if (given.json !== undefined)
      await writeFile(given.json, `${JSON.stringify(figures, null, 2)}\n`)
    if (given.html !== undefined) {
      // Its libraries are larger than all the rest, and no other command needs them.
      const { renderPage } = await import('../measure/report/page.ts')
      await writeFile(given.html, renderPage(figures))
    }
  } finally {
    progress('Removing what was made')
    await workspace.remove()
    progress.close()
  }
}

/** @throws {MeasureError} `not_confirmed` */
async function confirm(
  { database, valkey, isConfirmed }: MeasureArguments,
  { input, errors }: Surroundings,
): Promise<void> {
  const servers = [
    ...(database === undefined ? [] : [describePlace(database)]),
    ...(valkey === undefined ? [] : [describeUrl(valkey)]),
  ]
  // A file in the temporary directory needs nobody's permission.
  if (servers.length === 0 || isConfirmed) return
  if (!input.isTTY) {
    const message = 'There is no terminal to ask whether something may be made: add --yes'
    throw new MeasureError('not_confirmed', message)
  }
  errors.write(
    `This makes a schema, prefix or file of its own at ${servers.join(' and at ')}, keeps the server busy\n` +
      'for some minutes, and takes away what it made. Not for a server that people depend on.\n',
  )
  const terminal = createInterface({ input, output: errors })
  const answer = await terminal.question('Go on? [y/N] ').finally(() => terminal.close())
  if (!/^y(?:es)?$/i.test(answer.trim()))
    throw new MeasureError('not_confirmed', 'Nothing was done')
}

// Of drivers, whose messages name hosts and users but no passwords.
function describeFailure(error: unknown): string {
  if (error instanceof MeasureError || error instanceof CheckFailed) return error.message
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const inner = error instanceof AggregateError ? error.errors.map(String).join('; ') : ''
  return `Measuring failed: ${error.message}${inner}${cause}`
}
