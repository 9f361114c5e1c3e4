import type { Analysis } from '../../analysis/analyse.ts'
import { lifetimeOf } from '../../analysis/lifetime.ts'
import { findOption } from '../../analysis/settings.ts'
import type { Token } from '../../analysis/tokens.ts'
import { type Evidence, evidenceAt } from '../item.ts'

export function findWithoutExpiry(analysis: Analysis): Evidence[] {
  return authentication(analysis.tokens.signatures)
    .filter((each) => lifetimeOf(analysis.tracer, each) === Number.POSITIVE_INFINITY)
    .map(({ call }) => evidenceAt(analysis, call, 'signed without an expiry'))
}

export function findWithoutAudience(analysis: Analysis): Evidence[] {
  return findWithout(analysis, 'audience', 'aud')
}

export function findWithoutIssuer(analysis: Analysis): Evidence[] {
  return findWithout(analysis, 'issuer', 'iss')
}

// Neither set where tokens are signed nor demanded where they are verified.
function findWithout(analysis: Analysis, name: 'audience' | 'issuer', claim: string): Evidence[] {
  const { evaluator, tokens } = analysis
  const isNamed = ({ settings, subject, role }: Token): boolean => {
    if (settings[name].state !== 'absent') return true
    return (
      role === 'sign' &&
      subject !== undefined &&
      findOption(evaluator, subject, claim).state === 'set'
    )
  }
  const all = authentication([...tokens.verifications, ...tokens.signatures])
  if (all.some(isNamed)) return []
  return all.map(({ call }) => evidenceAt(analysis, call, `without \`${claim}\``))
}

// What Auth.js puts into its own tokens is its own affair.
function authentication(tokens: readonly Token[]): Token[] {
  return tokens.filter(
    ({ purpose, library }) => purpose === 'authentication' && library.name !== 'Auth.js',
  )
}
