// `should-i-use-jwt [folder]`
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { analyse } from '../analysis/analyse.ts'
import { bugKinds } from '../checklist/bugs/find-bugs.ts'
import { fillIn } from '../checklist/fill-in.ts'
import { formatJson } from '../report/json.ts'
import { showProgress } from '../report/progress.ts'
import type { Report } from '../report/report.ts'
import { formatSarif } from '../report/sarif.ts'
import { styleFor } from '../report/style.ts'
import { formatTerminal } from '../report/terminal.ts'
import { readProject } from '../scan/project.ts'
import type { MeasuredRate } from '../verdict/measured-rate.ts'
import { rules } from '../verdict/rules.ts'
import { judge } from '../verdict/verdict.ts'
import { type Command, exitCodes, type Surroundings, UsageError } from './command.ts'
import { packageVersion } from './package-version.ts'
import { readMeasured } from './read-measured.ts'

const reasonsToFail: readonly string[] = ['bugs', ...rules.map(({ kind }) => kind), ...bugKinds]

interface ScanOptions {
  readonly folder: string
  readonly format: 'terminal' | 'json' | 'sarif'
  readonly failOn: readonly string[]
  readonly requestsPerSecond: number | undefined
  readonly measured: MeasuredRate | undefined
}

export const scan: Command = {
  run(args, surroundings) {
    const options = readOptions(args, surroundings.directory)
    const report = makeReport(options, surroundings)
    const { output, environment } = surroundings
    const formats = {
      json: () => formatJson(report),
      sarif: () => formatSarif(report),
      terminal: () => formatTerminal(report, styleFor(output, environment)),
    }
    output.write(formats[options.format]())
    return Promise.resolve(isFailure(report, options.failOn) ? exitCodes.failed : exitCodes.done)
  },
}

function readOptions(args: readonly string[], directory: string): ScanOptions {
  const { values, positionals } = parse(args)
  if (positionals.length > 1) throw new UsageError('Name one folder only.')
  const folder = resolve(directory, positionals[0] ?? '.')
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`There is no folder ${positionals[0] ?? '.'}.`)
  }
  if (values.json && values.sarif) throw new UsageError('Choose one of --json and --sarif.')
  const failOn = (values['fail-on'] ?? '').split(',').filter((each) => each !== '')
  const unknown = failOn.find((each) => !reasonsToFail.includes(each))
  if (unknown !== undefined) {
    throw new UsageError(`--fail-on knows no "${unknown}". It knows: ${reasonsToFail.join(', ')}.`)
  }
  const requestsPerSecond = readRate(values.rps)
  return {
    folder,
    format: values.json ? 'json' : values.sarif ? 'sarif' : 'terminal',
    failOn,
    requestsPerSecond,
    measured: readMeasured(values.measured, { directory, requestsPerSecond }),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        sarif: { type: 'boolean' },
        'fail-on': { type: 'string' },
        rps: { type: 'string' },
        measured: { type: 'string' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function readRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const rate = Number(text)
  if (!(rate > 0) || !Number.isFinite(rate)) throw new UsageError('--rps is a number above 0.')
  return rate
}

function makeReport(
  { folder, requestsPerSecond, measured }: ScanOptions,
  { errors }: Surroundings,
): Report {
  const { progress, say } = showProgress(errors)
  const project = readProject(folder, progress)
  say(`following ${project.lines} lines`)
  const analysis = analyse(project)
  const checklist = fillIn(analysis, requestsPerSecond)
  say('')
  return {
    version: packageVersion(),
    verdict: judge(checklist, analysis, measured),
    checklist,
    measured,
    files: project.files.size,
    lines: project.lines,
    broken: project.broken,
    notRead: project.notRead,
  }
}

function isFailure({ verdict, checklist }: Report, failOn: readonly string[]): boolean {
  const bugs = checklist.bugs?.bugs ?? []
  return failOn.some(
    (each) =>
      each === verdict.kind ||
      (each === 'bugs' && bugs.length > 0) ||
      bugs.some(({ kind }) => kind === each),
  )
}
