// 1. Are JWTs used for authentication here?
import type { Analysis } from '../analysis/analyse.ts'
import type { Token } from '../analysis/tokens.ts'
import { type Evidence, evidenceAt, type Item, withoutRepeats } from './item.ts'

export function findAuthentication(analysis: Analysis): Item {
  const { verifications, decodings, signatures } = analysis.tokens
  const all = [...verifications, ...decodings, ...signatures]
  const used = all.filter(({ purpose }) => purpose === 'authentication')
  const unclear = all.filter(({ purpose }) => purpose === 'unknown')
  const others = all.length - used.length - unclear.length
  const base = { id: 1, question: 'Are JWTs used for authentication here?' }
  if (used.length > 0) {
    const evidence = withoutRepeats(used.map((each) => describe(analysis, each)))
    const libraries = [...new Set(used.map(({ library }) => library.name))].join(', ')
    const isVerified = used.some(({ role }) => role !== 'sign')
    return {
      ...base,
      answer: 'yes',
      confidence: isVerified ? 'high' : 'medium',
      summary: `yes, with ${libraries}`,
      evidence,
    }
  }
  if (unclear.length > 0) {
    return {
      ...base,
      answer: 'unknown',
      confidence: 'low',
      summary: 'JWTs are used, and it could not be seen what for',
      evidence: withoutRepeats(unclear.map((each) => describe(analysis, each))),
    }
  }
  const summary = others > 0 ? 'no: JWTs are used for other things only' : 'no'
  const evidence = withoutRepeats(all.map((each) => describe(analysis, each)))
  return { ...base, answer: 'no', confidence: 'high', summary, evidence }
}

const purposes: Readonly<Record<Token['purpose'], string>> = {
  authentication: 'for authentication',
  refresh: 'as a refresh token',
  link: 'for a link',
  identity: 'an OpenID token, looked at once',
  foreign: "for or from somebody else's service",
  unknown: 'it could not be seen what for',
}

function describe(analysis: Analysis, token: Token): Evidence {
  const verbs = { verify: 'verified', guard: 'verified', decode: 'decoded', sign: 'signed' }
  const from = token.token
    .flatMap((each) => (each.kind === 'request' ? [placeName(each.place, each.name)] : []))
    .filter((each, index, list) => list.indexOf(each) === index)
  const where = from.length > 0 ? `, from ${from.join(', ')}` : ''
  const text = `${verbs[token.role]} by ${token.library.name}, ${purposes[token.purpose]}${where}`
  return evidenceAt(analysis, token.call, text)
}

function placeName(place: string, name: string): string {
  if (place === 'authorization') return 'the Authorization header'
  if (place === 'query') return `the URL (${name})`
  return name === '' ? `the ${place}` : `the ${place} "${name}"`
}
