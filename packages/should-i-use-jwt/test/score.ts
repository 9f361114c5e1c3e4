// Scores the scanner on a corpus. The unit is one box of the checklist of one project; in the sixth
// item each of its questions, in the seventh each kind of bug.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyse, type Checklist, fillIn, judge, readProject, type Verdict } from 'should-i-use-jwt'

export interface Expected {
  readonly description: string
  readonly items: {
    readonly 1: YesOrNo
    readonly 2: YesOrNo
    readonly 3: YesOrNo
    readonly 4: YesOrNo
    /** `null` without authenticated routes. */
    readonly 5: number | null
    readonly 6: Readonly<Record<RefreshQuestion, boolean | 'unknown'>> | null
    readonly 7: readonly string[]
  }
  readonly verdict: string
}

type YesOrNo = 'yes' | 'no'
const refreshQuestions = [
  'present',
  'opaque',
  'stored',
  'rotated',
  'accessTokenOverFiveMinutes',
] as const
type RefreshQuestion = (typeof refreshQuestions)[number]

export interface Result {
  readonly project: string
  readonly expected: Expected
  readonly checklist: Checklist
  readonly verdict: Verdict
  readonly broken: readonly { readonly path: string; readonly reason: string }[]
}

export interface Count {
  right: number
  /** Said, and not so. */
  wrong: number
  /** So, and not said. */
  missed: number
  unknown: number
  units: number
}

/** How far a share may be from the right one. */
const tolerance = 0.15

export function scanCorpus(folder: string): Result[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'expected.json')))
    .map((name) => {
      const text = readFileSync(join(folder, name, 'expected.json'), 'utf8')
      const project = readProject(join(folder, name))
      const analysis = analyse(project)
      const checklist = fillIn(analysis)
      const verdict = judge(checklist, analysis)
      return {
        project: name,
        expected: JSON.parse(text),
        checklist,
        verdict,
        broken: project.broken,
      }
    })
}

export interface Score {
  readonly counts: ReadonlyMap<string, Count>
  /** Where it is wrong, a line each. */
  readonly mistakes: readonly string[]
}

export function scoreResults(results: readonly Result[]): Score {
  const counts = new Map<string, Count>()
  const mistakes: string[] = []
  for (const result of results) {
    for (const [name, expected, answer] of unitsOf(result)) {
      const count = counts.get(name) ?? { right: 0, wrong: 0, missed: 0, unknown: 0, units: 0 }
      counts.set(name, count)
      count.units++
      if (answer === undefined) count.unknown++
      if (expected && answer) count.right++
      else if (expected) count.missed++
      else if (answer) count.wrong++
      if (answer !== expected) {
        mistakes.push(`${result.project}, ${name}: ${answer ?? 'unknown'}, should be ${expected}`)
      }
    }
    if (result.verdict.kind !== result.expected.verdict) {
      mistakes.push(
        `${result.project}: the verdict is ${result.verdict.kind}, should be ${result.expected.verdict}`,
      )
    }
  }
  return { counts, mistakes }
}

type Unit = readonly [name: string, expected: boolean, answer: boolean | undefined]

function* unitsOf({ expected: { items }, checklist }: Result): Generator<Unit> {
  yield ['1', items[1] === 'yes', truth(checklist.authentication.answer)]
  if (items[1] === 'no') return
  yield ['2', items[2] === 'yes', truth(checklist.revocation?.answer)]
  yield ['3', items[3] === 'yes', truth(checklist.blocking?.answer)]
  yield ['4', items[4] === 'yes', truth(checklist.related?.answer)]
  const share = checklist.share?.share
  if (items[5] !== null) {
    yield ['5', true, share === undefined ? undefined : Math.abs(share - items[5]) <= tolerance]
  }
  for (const question of refreshQuestions) {
    const expected = items[6]?.[question] ?? 'unknown'
    const isAsked =
      question === 'present' ||
      question === 'accessTokenOverFiveMinutes' ||
      items[6]?.present === true
    if (expected !== 'unknown' && isAsked) yield ['6', expected, checklist.refresh?.[question]]
  }
  const found = new Set<string>(checklist.bugs?.bugs.map(({ kind }) => kind))
  for (const kind of new Set([...found, ...items[7]])) {
    yield ['7', items[7].includes(kind), found.has(kind)]
  }
}

function truth(answer: 'yes' | 'no' | 'unknown' | undefined): boolean | undefined {
  return answer === undefined || answer === 'unknown' ? undefined : answer === 'yes'
}

export function precisionOf({ right, wrong }: Count): number {
  return right + wrong === 0 ? 1 : right / (right + wrong)
}

export function recallOf({ right, missed }: Count): number {
  return right + missed === 0 ? 1 : right / (right + missed)
}

export function formatScore({ counts }: Score): string {
  const lines = [...counts].map(([name, count]) => {
    const figures = [precisionOf(count), recallOf(count)].map((each) => each.toFixed(2))
    return `item ${name}: precision ${figures[0]}, recall ${figures[1]}, ${count.unknown} unknown of ${count.units}`
  })
  return lines.join('\n')
}
