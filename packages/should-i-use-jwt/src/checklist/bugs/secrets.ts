import type { Analysis } from '../../analysis/analyse.ts'
import { keyNames, type Token } from '../../analysis/tokens.ts'
import type { Origin } from '../../flow/origin.ts'
import { type Evidence, evidenceAt } from '../item.ts'
import { credentials } from './algorithms.ts'

/** An HMAC key is at least as long as the output of its hash (RFC 7518, 3.2). */
const shortestSecret = 32

export function findSecretsInSource(analysis: Analysis): Evidence[] {
  return writtenKeys(analysis).map(({ node }) =>
    evidenceAt(analysis, node, 'the key is written here'),
  )
}

export function findShortSecrets(analysis: Analysis): Evidence[] {
  return writtenKeys(analysis)
    .filter(({ text }) => !text.includes('-----BEGIN') && Buffer.byteLength(text) < shortestSecret)
    .map(({ node, text }) =>
      evidenceAt(analysis, node, `the secret has ${Buffer.byteLength(text)} bytes`),
    )
}

function writtenKeys({ tokens }: Analysis): Extract<Origin, { kind: 'text' }>[] {
  const all = credentials([...tokens.verifications, ...tokens.signatures])
  return all.flatMap(({ keys }) => keys.flatMap((each) => (isWritten(each) ? [each] : [])))
}

function isWritten(origin: Origin): origin is Extract<Origin, { kind: 'text' }> {
  if (origin.kind !== 'text' || origin.text === '') return false
  return !/^https?:|^-----BEGIN (?:RSA |EC )?(?:PUBLIC KEY|CERTIFICATE)/.test(origin.text.trim())
}

export function findSharedSecrets(analysis: Analysis): Evidence[] {
  const { verifications, signatures } = analysis.tokens
  const kinds = new Map<string, Token>()
  const found: Evidence[] = []
  for (const token of [...signatures, ...verifications]) {
    if (!/^(?:authentication|refresh|link)$/.test(token.purpose)) continue
    for (const name of keyNames(token)) {
      const other = kinds.get(name)
      if (other === undefined) kinds.set(name, token)
      else if (other.purpose !== token.purpose) {
        found.push(
          evidenceAt(
            analysis,
            token.call,
            `the key of tokens of the kind "${other.purpose}" is used for "${token.purpose}"`,
          ),
        )
      }
    }
  }
  return found
}
