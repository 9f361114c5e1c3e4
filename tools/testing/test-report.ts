// Turns what node:test says into one line a file, every failure in full, and the count. What a
// test file writes is shown only when something in that file has failed.
import { relative } from 'node:path'
import type { EventData, TestsStream } from 'node:test'
import { inspect } from 'node:util'
import { root } from './root.ts'
import type { Outcome } from './stage.ts'
import { seconds } from './summary.ts'

interface FileReport {
  passed: number
  failed: number
  skipped: number
  /** What is to be told of single tests: every failure, and why a test was skipped. */
  remarks: string[]
  /** Names of the suites and tests that the latest event is inside of. */
  path: string[]
}

type EndedTest = EventData.TestPass | EventData.TestFail

const shownOutput = 20_000

/** Prints while the tests run; resolves with the count when they have ended. */
export async function reportTests(stream: TestsStream): Promise<Outcome> {
  const total = { passed: 0, failed: 0, skipped: 0 }
  const outputs = new Map<string, string>()
  // The tests of one file are reported in a row, whichever files they are defined in; what they
  // write comes when it is written.
  let report = newReport()
  const endFile = (file: string, durationMs: number): void => {
    total.passed += report.passed
    total.failed += report.failed
    total.skipped += report.skipped
    printFile(relative(root, file), report, outputs.get(file) ?? '', durationMs)
    report = newReport()
  }
  const keepOutput = ({ file, message }: EventData.TestStdout): void => {
    outputs.set(file, (outputs.get(file) ?? '') + message)
  }

  stream.on('test:stdout', keepOutput)
  stream.on('test:stderr', keepOutput)
  stream.on('test:start', ({ name, nesting }) => {
    report.path.splice(nesting, report.path.length, name)
  })
  stream.on('test:pass', (test) => {
    if (!isWholeFile(test)) {
      passTest(report, test)
      return
    }
    failFile(report, 'the file has no test')
    endFile(test.name, test.details.duration_ms)
  })
  stream.on('test:fail', (test) => {
    if (!isWholeFile(test)) {
      failTest(report, test)
      return
    }
    failFile(report, `the file failed outside of its tests: ${test.details.error.cause}`)
    endFile(test.name, test.details.duration_ms)
  })
  stream.on('test:summary', ({ file, duration_ms }) => {
    if (file !== undefined) endFile(file, duration_ms)
  })
  await ended(stream)
  return total
}

function newReport(): FileReport {
  return { passed: 0, failed: 0, skipped: 0, remarks: [], path: [] }
}

function ended(stream: TestsStream): Promise<void> {
  stream.resume()
  return new Promise((resolve, reject) => {
    stream.once('end', resolve)
    stream.once('error', reject)
  })
}

// node:test reports a file as a test of that name when it has no tests, or fails beside them.
function isWholeFile({ name, nesting, file }: EndedTest): boolean {
  return nesting === 0 && name === file
}

function failFile(report: FileReport, reason: string): void {
  report.failed += 1
  report.remarks.push(`✗ ${reason}`)
}

function passTest(report: FileReport, test: EndedTest): void {
  if (test.details.type === 'suite') return
  if (isSkipped(test)) skipTest(report, test)
  else report.passed += 1
}

function failTest(report: FileReport, test: EventData.TestFail): void {
  const { details } = test
  // A suite, or a test with tests in it, that fails only because of what is inside: told there.
  const isEcho = 'failureType' in details.error && details.error.failureType === 'subtestsFailed'
  if (isEcho && details.type === 'suite') return
  if (isSkipped(test)) {
    skipTest(report, test)
    return
  }
  report.failed += 1
  if (!isEcho) report.remarks.push(`✗ ${nameOf(report, test)}\n${describe(details.error)}\n`)
}

function isSkipped({ skip, todo }: EndedTest): boolean {
  return skip !== undefined || todo !== undefined
}

function skipTest(report: FileReport, test: EndedTest): void {
  const reason = [test.skip, test.todo].find((value) => typeof value === 'string')
  report.skipped += 1
  report.remarks.push(`- skipped: ${nameOf(report, test)}: ${reason || 'no reason is given'}`)
}

function nameOf({ path }: FileReport, { nesting, file, line }: EndedTest): string {
  const name = path.slice(0, nesting + 1).join(' › ')
  return file === undefined ? name : `${name} (${relative(root, file)}:${line})`
}

function describe({ cause, message }: EventData.Error): string {
  const text = cause instanceof Error ? inspectError(cause) : String(cause ?? message)
  return text.replace(/^/gm, '    ')
}

// The stack of an assertion says all that its fields would say again.
function inspectError(error: Error): string {
  const stack = error.stack ?? error.message
  const own = stack.replaceAll(/\n +at .*\(?node:.*/g, '')
  if (error.cause === undefined) return own
  const cause = error.cause instanceof Error ? inspectError(error.cause) : inspect(error.cause)
  return `${own}\ncaused by ${cause}`
}

function printFile(name: string, report: FileReport, output: string, durationMs: number): void {
  const { passed, failed, skipped, remarks } = report
  const verdict = failed === 0 ? 'ok    ' : 'FAILED'
  const skips = skipped === 0 ? '' : `, ${skipped} skipped`
  console.log(
    `${verdict} ${name}: ${passed} passed, ${failed} failed${skips}, ${seconds(durationMs)}`,
  )
  for (const remark of remarks) console.log(`  ${remark}`)
  if (failed > 0 && output !== '') {
    console.log(`  ${name} wrote:\n${output.slice(-shownOutput).replace(/^/gm, '    | ')}`)
  }
}
