// The rules, in the order in which they are tried; they are printed with the verdict.
import type { Answers } from './answers.ts'

export type VerdictKind = 'no-jwt' | 'provider' | 'large-design' | 'perhaps' | 'no' | 'probably-no'

export interface Rule {
  readonly kind: VerdictKind
  readonly when: string
  /** The first line of the report. */
  readonly answer: string
  readonly holds: (answers: Answers) => boolean
}

const anyway = ({ revocation, blocking, related, database }: Answers): boolean =>
  [revocation, blocking, related, database].includes('yes')

export const rules: readonly Rule[] = [
  {
    kind: 'no-jwt',
    when: 'no authentication by JWT',
    answer: "You don't. Good.",
    holds: ({ authentication }) => authentication === 'no',
  },
  {
    kind: 'provider',
    when: "tokens are verified with somebody else's published keys, and none are signed here",
    answer: "Your provider's choice.",
    holds: ({ authentication, provider }) => authentication === 'yes' && provider === 'yes',
  },
  {
    kind: 'large-design',
    when: 'services verify without any user database, access tokens live for five minutes at most, refresh tokens are opaque and stored',
    answer: 'You have the large design. Keep it.',
    holds: ({ services, shortLives, opaqueStoredRefresh }) =>
      services === 'yes' && shortLives === 'yes' && opaqueStoredRefresh === 'yes',
  },
  {
    kind: 'perhaps',
    when: 'there are more requests a second than this database was measured to verify (--rps, --measured)',
    answer: 'Perhaps.',
    holds: ({ rateAboveSaturation }) => rateAboveSaturation === 'yes',
  },
  {
    kind: 'no',
    when: 'log-out is wanted, or users can be blocked, or a request asks the database anyway (2 to 5)',
    answer: 'No.',
    holds: anyway,
  },
  { kind: 'probably-no', when: 'none of these', answer: 'Probably no.', holds: () => true },
]

/** The first rule that holds. */
export function ruleFor(answers: Answers): Rule {
  const rule = rules.find(({ holds }) => holds(answers))
  if (rule === undefined) throw new TypeError('The last rule holds always')
  return rule
}

/** What to do about it: the session mechanism of the framework at hand first. */
export function recommend(kind: VerdictKind, answers: Answers, mechanism: string): string {
  const sessions = `${mechanism}; or Cloakroom, which finds the session and the user in one query`
  switch (kind) {
    case 'no-jwt':
      return 'Keep it so.'
    case 'large-design':
      return 'Keep access tokens short, and the refresh tokens revocable.'
    case 'perhaps':
      return (
        'Verify from memory first, with a cache that hears of every log-out (Cloakroom has a leased one). ' +
        'If that is not enough: access tokens of five minutes at most, from a service that keeps opaque refresh tokens.'
      )
    case 'provider':
      return anyway(answers)
        ? `Exchange the provider's token for a session at log-in: ${sessions}.`
        : 'Leave it, as long as nobody has to be logged out or blocked at once.'
    default:
      return `Use sessions: ${sessions}.`
  }
}
