// The answer, and the rule that it follows from. The rules are tried in order.
import type { Analysis } from '../analysis/analyse.ts'
import type { Checklist } from '../checklist/fill-in.ts'

export type VerdictKind = 'no-jwt' | 'provider' | 'large-design' | 'no' | 'probably-no'

export interface Verdict {
  readonly kind: VerdictKind
  /** The first line of the report. */
  readonly answer: string
  /** The longer answer. */
  readonly because: string
  readonly todo: string
}

interface Rule {
  readonly kind: VerdictKind
  /** As it is printed with the verdict. */
  readonly when: string
  readonly answer: string
  readonly holds: (checklist: Checklist, analysis: Analysis) => boolean
}

export const rules: readonly Rule[] = [
  {
    kind: 'no-jwt',
    when: 'no authentication by JWT',
    answer: "You don't. Good.",
    holds: ({ authentication }) => authentication.answer === 'no',
  },
  {
    kind: 'provider',
    when: "tokens are verified with somebody else's published keys, and none are signed here",
    answer: "Your provider's choice.",
    holds: (checklist, analysis) =>
      checklist.authentication.answer === 'yes' && isProviders(analysis),
  },
  {
    kind: 'large-design',
    when: 'services verify without any user database, access tokens live for five minutes at most, refresh tokens are opaque and stored',
    answer: 'You have the large design. Keep it.',
    holds: ({ scale, refresh }) =>
      (scale?.services.length ?? 0) > 0 &&
      refresh?.accessTokenOverFiveMinutes === false &&
      refresh.opaque === true &&
      refresh.stored === true,
  },
  {
    kind: 'no',
    when: 'log-out is wanted, or users can be blocked, or a request asks the database anyway (2 to 5)',
    answer: 'No.',
    holds: ({ revocation, blocking, related, share }) =>
      [revocation, blocking, related, share].some((each) => each?.answer === 'yes'),
  },
  {
    kind: 'probably-no',
    when: 'none of these',
    answer: 'Probably no.',
    holds: () => true,
  },
]

export function judge(checklist: Checklist, analysis: Analysis): Verdict {
  const rule = rules.find(({ holds }) => holds(checklist, analysis))
  if (rule === undefined) throw new TypeError('The last rule holds always')
  const { kind, answer } = rule
  return {
    kind,
    answer,
    because: because(kind, checklist),
    todo: recommend(kind, checklist, analysis),
  }
}

function isProviders({ tokens }: Analysis): boolean {
  const isHere = tokens.signatures.some(({ purpose }) => purpose === 'authentication')
  const verified = tokens.verifications.filter(({ purpose }) => purpose === 'authentication')
  return (
    !isHere &&
    verified.length > 0 &&
    verified.every(
      ({ library, keys, model }) =>
        library.name === 'express-oauth2-jwt-bearer' ||
        keys.some((each) => each.kind === 'call' && each.role === 'key-set') ||
        (model.path.source.includes('jwk') &&
          keys.some((each) => each.kind === 'text' && /^https?:/.test(each.text))),
    )
  )
}

function because(kind: VerdictKind, checklist: Checklist): string {
  switch (kind) {
    case 'no-jwt':
      return 'No request is authenticated by a JWT here.'
    case 'provider':
      return 'The tokens are made by somebody else, and verified with their published keys.'
    case 'large-design':
      return 'Services verify by themselves, for minutes, and what lives longer is opaque and stored.'
    case 'probably-no':
      return 'Nothing was found that asks the database anyway; the questions below decide.'
    default:
      return reasons(checklist)
  }
}

function reasons({ revocation, blocking, related, share }: Checklist): string {
  const found: string[] = []
  if (share?.share !== undefined && share.share > 0) {
    found.push(
      `${Math.round(share.share * 100)} % of the authenticated routes ask a database anyway`,
    )
  }
  if (related?.answer === 'yes')
    found.push('the user, or something of theirs, is loaded in the same request')
  if (revocation?.answer === 'yes') found.push('tokens are looked up, so that people can log out')
  if (blocking?.answer === 'yes') found.push('users can be blocked')
  return `You are hitting the database anyway: ${found.join('; ')}.`
}

const mechanisms: readonly (readonly [string, string])[] = [
  ['next', 'iron-session or Auth.js with database sessions'],
  ['@nestjs/core', 'express-session or @fastify/session under NestJS'],
  ['fastify', '@fastify/session'],
  ['koa', 'koa-session with a store'],
  ['hono', 'a session behind an opaque cookie'],
  ['express', 'express-session'],
]

function recommend(
  kind: VerdictKind,
  { revocation, share }: Checklist,
  { project }: Analysis,
): string {
  if (kind === 'no-jwt') return 'Keep it so.'
  if (kind === 'large-design') return 'Keep access tokens short, and the refresh tokens revocable.'
  const dependencies = new Set(project.packages.flatMap((each) => [...each.dependencies]))
  const [, mechanism] = mechanisms.find(([name]) => dependencies.has(name)) ?? [
    '',
    'sessions behind an opaque cookie',
  ]
  const sessions = `${mechanism}, or Cloakroom: the session and the user in one query`
  if (kind === 'provider') {
    const isAsking = revocation?.answer === 'yes' || share?.answer === 'yes'
    return isAsking
      ? `Exchange the provider's token for a session at log-in: ${sessions}.`
      : 'Leave it, as long as nobody has to be logged out or blocked at once.'
  }
  return `Use sessions: ${sessions}.`
}
