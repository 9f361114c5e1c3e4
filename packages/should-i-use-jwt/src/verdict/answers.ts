// The checklist as the rules of the verdict see it, whether read from code or asked.
import type { Analysis } from '../analysis/analyse.ts'
import type { Checklist } from '../checklist/fill-in.ts'
import type { Answer } from '../checklist/item.ts'
import type { MeasuredRate } from './measured-rate.ts'

export interface Answers {
  readonly authentication: Answer
  /** Tokens are made by somebody else, and verified with their published keys. */
  readonly provider: Answer
  readonly revocation: Answer
  readonly blocking: Answer
  readonly related: Answer
  /** Any authenticated route asks a database. */
  readonly database: Answer
  /** There are services that verify tokens of another one, without any user database. */
  readonly services: Answer
  readonly shortLives: Answer
  readonly opaqueStoredRefresh: Answer
  /** There are more requests a second than the database was measured to verify. */
  readonly rateAboveSaturation: Answer
}

export function answersOf(
  checklist: Checklist,
  analysis: Analysis,
  measured: MeasuredRate | undefined,
): Answers {
  const { authentication, revocation, blocking, related, share, refresh, scale } = checklist
  return {
    authentication: authentication.answer,
    provider: isProviders(analysis) ? 'yes' : 'no',
    revocation: revocation?.answer ?? 'no',
    blocking: blocking?.answer ?? 'no',
    related: related?.answer ?? 'no',
    database: share?.answer ?? 'no',
    services: scale?.answer ?? 'no',
    shortLives: negated(refresh?.accessTokenOverFiveMinutes),
    opaqueStoredRefresh: refresh?.opaque === true && refresh.stored === true ? 'yes' : 'no',
    rateAboveSaturation: isAboveSaturation(measured),
  }
}

function isAboveSaturation(measured: MeasuredRate | undefined): Answer {
  if (measured === undefined) return 'unknown'
  return measured.requestsPerSecond > measured.saturation ? 'yes' : 'no'
}

function negated(value: boolean | undefined): Answer {
  if (value === undefined) return 'unknown'
  return value ? 'no' : 'yes'
}

function isProviders({ tokens }: Analysis): boolean {
  const isSignedHere = tokens.signatures.some(({ purpose }) => purpose === 'authentication')
  const verified = tokens.verifications.filter(({ purpose }) => purpose === 'authentication')
  const isPublished = verified.every(
    ({ library, keys }) =>
      library.name === 'express-oauth2-jwt-bearer' ||
      keys.some((each) => each.kind === 'call' && each.role === 'key-set') ||
      keys.some((each) => each.kind === 'text' && /^https:.*(?:jwks|certs|keys)/.test(each.text)),
  )
  return !isSignedHere && verified.length > 0 && isPublished
}
