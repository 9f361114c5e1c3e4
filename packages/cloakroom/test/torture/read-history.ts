import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Check, type Ending, type History, type Issue, outcomes } from './history.ts'
import { checkWidth, type Line } from './recorder.ts'

/** Puts together what all processes have written into the folder. */
export function readHistory(folder: string): History {
  const files = readdirSync(folder)
  const endings: Ending[] = []
  const issues: Issue[] = []
  for (const file of files.filter((name) => name.endsWith('.changes'))) {
    const lines = readLines(join(folder, file))
    const acknowledged = new Map<number, number>()
    for (const line of lines)
      if ('acknowledged' in line) acknowledged.set(line.acknowledged, line.at)
    for (const line of lines) {
      if ('call' in line) {
        const { call, of, isSettled, at } = line
        endings.push({ of, isSettled, begunAt: at, acknowledgedAt: acknowledged.get(call) })
      } else if ('token' in line) {
        const { at, ...issue } = line
        issues.push({ ...issue, acknowledgedAt: at })
      }
    }
  }
  const checkFiles = files.filter((name) => name.endsWith('.checks'))
  return { issues, endings, checks: { [Symbol.iterator]: () => readChecks(folder, checkFiles) } }
}

function readLines(path: string): Line[] {
  // What comes after the last end of a line was being written when the process was killed.
  const complete = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return complete.map((line) => JSON.parse(line) as Line)
}

/** One file after the other: all together may be larger than the memory. */
function* readChecks(folder: string, files: readonly string[]): Generator<Check> {
  for (const file of files) {
    const bytes = readFileSync(join(folder, file))
    const length = Math.floor(bytes.length / Float64Array.BYTES_PER_ELEMENT)
    const numbers = new Float64Array(new Uint8Array(bytes).buffer, 0, length)
    for (let at = 0; at + checkWidth <= length; at += checkWidth) {
      const [token = 0, begunAt = 0, endedAt = 0, outcome = 0] = numbers.subarray(
        at,
        at + checkWidth,
      )
      yield { token, begunAt, endedAt, outcome: outcomes[outcome] as Check['outcome'] }
    }
  }
}
