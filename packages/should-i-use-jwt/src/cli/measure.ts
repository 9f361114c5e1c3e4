// `should-i-use-jwt measure`
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { type MeasureArguments, measureUsage, parseMeasureArguments } from '../measure/arguments.ts'
import { describePlace, describeUrl } from '../measure/databases/parse-place.ts'
import { measureAll } from '../measure/measure-all.ts'
import { MeasureError } from '../measure/measure-error.ts'
import { createProgress } from '../measure/progress.ts'
import { renderTerminal } from '../measure/report/terminal.ts'
import { stopOnSignals } from '../measure/stop-on-signals.ts'
import { makeWorkspace, type Workspace } from '../measure/workspace/workspace.ts'
import { CheckFailed } from '../measuring/workload.ts'
import { type Command, exitCodes, type Surroundings, UsageError } from './command.ts'

export const measure: Command = {
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
      const code = error instanceof MeasureError ? error.code : undefined
      if (code === 'usage') throw new UsageError(describeFailure(error))
      if (stop.signal.aborted && code !== 'not_removed') return stop.exitCode()
      errors.write(`${describeFailure(error)}\n`)
      return code === undefined || code === 'not_removed' ? exitCodes.failed : exitCodes.usage
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
    progress.close()
    output.write(given.isJson ? `${JSON.stringify(figures, null, 2)}\n` : renderTerminal(figures))
    if (given.html !== undefined) {
      // Its libraries are larger than all the rest, and no other command needs them.
      const { renderPage } = await import('../measure/report/page.ts')
      await writeFile(given.html, renderPage(figures))
    }
  } finally {
    progress('Removing what was made')
    await removeAll(workspace)
    progress.close()
  }
}

/** @throws {MeasureError} `not_removed` */
async function removeAll(workspace: Workspace): Promise<void> {
  try {
    await workspace.remove()
  } catch (error) {
    const message = `Not all that was made could be removed; the next run will. ${describeFailure(error)}`
    throw new MeasureError('not_removed', message, { cause: error })
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
  const answer = await ask('Go on? [y/N] ', { input, output: errors })
  if (!/^y(?:es)?$/i.test(answer.trim()))
    throw new MeasureError('not_confirmed', 'Nothing was done')
}

/** Empty, too, if the answer is Ctrl-C or Ctrl-D. */
async function ask(
  question: string,
  streams: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream },
): Promise<string> {
  const terminal = createInterface(streams)
  const closed = once(terminal, 'close').then(() => '')
  const answer = await Promise.race([terminal.question(question).catch(() => ''), closed])
  terminal.close()
  return answer
}

// Of drivers, whose messages name hosts and users but no passwords.
function describeFailure(error: unknown): string {
  if (error instanceof MeasureError || error instanceof CheckFailed) return error.message
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  const inner = error instanceof AggregateError ? error.errors.map(String).join('; ') : ''
  return `Measuring failed: ${error.message}${inner}${cause}`
}
