// The checklist, asked: for people without code yet.
import type { Answer } from '../checklist/item.ts'
import type { Answers } from '../verdict/answers.ts'
import { recommend, ruleFor, rules } from '../verdict/rules.ts'

interface Question {
  readonly name: keyof Answers
  readonly text: string
}

const provider: Question = {
  name: 'provider',
  text: 'Are the tokens made by somebody else (Auth0, Cognito, Entra, …)?',
}

const anyway: readonly Question[] = [
  { name: 'revocation', text: 'Shall a log-out be effective at once?' },
  { name: 'blocking', text: 'Shall it be possible to block or delete users?' },
  { name: 'related', text: 'Do your requests load the user, or something of theirs?' },
  { name: 'database', text: 'Do your authenticated requests ask a database at all?' },
]

const large: readonly Question[] = [
  { name: 'services', text: 'Are there services that verify without any user database?' },
  { name: 'shortLives', text: 'Will access tokens live for five minutes at most?' },
  { name: 'opaqueStoredRefresh', text: 'Will refresh tokens be opaque, stored and revocable?' },
  {
    name: 'rateAboveSaturation',
    text: 'Are there more requests a second than your database verifies (measure tells)?',
  },
]

/**
 * Asks each question with `ask`, which gives `undefined` once nobody answers any more, and writes
 * the verdict with `write`. An empty answer is "I don't know".
 */
export async function askQuestions(
  ask: (question: string) => Promise<string | undefined>,
  write: (text: string) => void,
): Promise<Answers> {
  const answers: Record<keyof Answers, Answer> = {
    authentication: 'yes',
    provider: 'unknown',
    revocation: 'unknown',
    blocking: 'unknown',
    related: 'unknown',
    database: 'unknown',
    services: 'unknown',
    shortLives: 'unknown',
    opaqueStoredRefresh: 'unknown',
    rateAboveSaturation: 'unknown',
  }
  write('\nAnswer with y or n; an empty line is "I don\'t know".\n\n')
  for (const { name, text } of [provider, ...anyway, ...large]) {
    answers[name] = toAnswer((await ask(`  ${text} `)) ?? '')
  }
  const rule = ruleFor(answers)
  write(
    `\n${rule.answer}\n\nThe rule: ${rule.when} (${rules.indexOf(rule) + 1} of ${rules.length}).\n`,
  )
  write(`${recommend(rule.kind, answers, 'those of your framework')}\n\n`)
  return answers
}

function toAnswer(text: string): Answer {
  const first = text.trim().toLowerCase()[0]
  if (first === 'y') return 'yes'
  return first === 'n' ? 'no' : 'unknown'
}
