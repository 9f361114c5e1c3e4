// The answer, why, and what to do.
import type { Analysis } from '../analysis/analyse.ts'
import type { Checklist } from '../checklist/fill-in.ts'
import { answersOf } from './answers.ts'
import { count, type MeasuredRate } from './measured-rate.ts'
import { recommend, ruleFor, type VerdictKind } from './rules.ts'

export interface Verdict {
  readonly kind: VerdictKind
  /** The first line of the report. */
  readonly answer: string
  /** The longer answer. */
  readonly because: string
  readonly todo: string
}

/** The rate is only known where somebody has measured it. */
export function judge(
  checklist: Checklist,
  analysis: Analysis,
  measured?: MeasuredRate | undefined,
): Verdict {
  const answers = answersOf(checklist, analysis, measured)
  const { kind, answer } = ruleFor(answers)
  const todo = recommend(kind, answers, mechanismFor(analysis))
  return { kind, answer, because: because(kind, checklist, measured), todo }
}

function because(
  kind: VerdictKind,
  checklist: Checklist,
  measured: MeasuredRate | undefined,
): string {
  switch (kind) {
    case 'perhaps':
      return [...(measured ? [describeExcess(measured)] : []), ...reasons(checklist)].join(' ')
    case 'no-jwt':
      return 'No request is authenticated by a JWT here.'
    case 'provider':
      return 'The tokens are made by somebody else, and verified with their published keys.'
    case 'large-design':
      return 'Services verify by themselves, for minutes, and what lives longer is opaque and stored.'
    case 'probably-no':
      return 'Nothing was found that asks the database anyway; what could not be seen decides.'
    default:
      return reasons(checklist).join(' ')
  }
}

function describeExcess({ requestsPerSecond, saturation }: MeasuredRate): string {
  return `${count(requestsPerSecond)} requests a second are more than the ${count(saturation)} that this database was measured to verify.`
}

/** A sentence, if there is any. */
function reasons({ revocation, blocking, related, share }: Checklist): string[] {
  const found: string[] = []
  if (share?.share !== undefined && share.share > 0) {
    found.push(`${Math.round(share.share * 100)} % of the authenticated routes ask a database`)
  }
  if (related?.answer === 'yes') found.push('the user, or something of theirs, is loaded with it')
  if (revocation?.answer === 'yes') found.push('tokens are looked up, so that people can log out')
  if (blocking?.answer === 'yes') found.push('users can be blocked')
  return found.length === 0 ? [] : [`You are hitting the database anyway: ${found.join('; ')}.`]
}

const mechanisms: readonly (readonly [string, string])[] = [
  ['next', 'iron-session, or Auth.js with sessions in the database'],
  ['@nestjs/core', 'express-session or @fastify/session under NestJS'],
  ['fastify', '@fastify/session'],
  ['koa', 'koa-session with a store'],
  ['hono', 'a cookie with an opaque id (hono/cookie)'],
  ['express', 'express-session with a store'],
]

function mechanismFor({ project }: Analysis): string {
  const dependencies = new Set(project.packages.flatMap((each) => [...each.dependencies]))
  const found = mechanisms.find(([name]) => dependencies.has(name))
  return found?.[1] ?? 'a cookie with an opaque id'
}
