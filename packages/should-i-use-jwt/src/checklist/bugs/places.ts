import type { Analysis } from '../../analysis/analyse.ts'
import { argumentsOf, calleeOf, type Node, propertyName, textOf } from '../../scan/syntax.ts'
import { globals } from '../../values/value.ts'
import { type Evidence, evidenceAt } from '../item.ts'

const tokenName = /token|jwt|auth(?!or)|bearer/i

export function findTokensInUrls(analysis: Analysis): Evidence[] {
  const { verifications, decodings, signatures } = analysis.tokens
  const read = [...verifications, ...decodings]
    .filter(({ purpose }) => purpose === 'authentication')
    .flatMap(({ token }) => token)
    .flatMap((each) =>
      each.kind === 'request' && /^(?:query|handshake-query)$/.test(each.place) ? [each.node] : [],
    )
  const sent = signatures
    .filter(({ purpose }) => purpose === 'authentication' || purpose === 'refresh')
    .flatMap(({ uses }) => (uses?.sinks.has('link') ? (uses.sinks.get('redirect') ?? []) : []))
  return [
    ...read.map((node) => evidenceAt(analysis, node, 'the token is read from the URL')),
    ...sent.map((node) => evidenceAt(analysis, node, 'the token is sent in a URL')),
    ...findConnections(analysis),
  ]
}

// `new WebSocket(`…?token=${token}`)`, `io(url, { query: { token } })`
function findConnections(analysis: Analysis): Evidence[] {
  const { project, evaluator } = analysis
  return [...project.files.values()].flatMap((file) =>
    file.calls.flatMap((call) => {
      const value = evaluator.evaluate(calleeOf(call))
      if (value?.kind !== 'api') return []
      const key = `${value.package} ${value.path}`
      if (
        !/^(?:global (?:WebSocket|EventSource)|ws (?:WebSocket)?|socket\.io-client (?:io)?)$/.test(
          key,
        )
      )
        return []
      const [address, options] = argumentsOf(call)
      const isInAddress =
        address?.type === 'TemplateLiteral' &&
        address.quasis.some(({ value }) => /[?&][\w-]*token=$/i.test(value.raw))
      return isInAddress || (options && hasQueryToken(options))
        ? [evidenceAt(analysis, call, 'the token is sent in a URL')]
        : []
    }),
  )
}

function hasQueryToken(options: Node): boolean {
  if (options.type !== 'ObjectExpression') return false
  return options.properties.some(
    (each) =>
      each.type === 'Property' &&
      propertyName(each) === 'query' &&
      each.value.type === 'ObjectExpression' &&
      each.value.properties.some((inner) => tokenName.test(propertyName(inner) ?? '')),
  )
}

export function findTokensInLocalStorage(analysis: Analysis): Evidence[] {
  const { project, evaluator } = analysis
  const found: Evidence[] = []
  for (const file of project.files.values()) {
    for (const call of file.calls) {
      const value = evaluator.evaluate(calleeOf(call))
      const [key, stored] = argumentsOf(call)
      if (value?.kind !== 'api' || value.package !== globals || !key || !stored) continue
      if (!/^(?:window\.|globalThis\.)?localStorage\.setItem$/.test(value.path)) continue
      const named = evaluator.evaluate(key)
      const label = `${textOf(key) ?? (named?.kind === 'text' ? named.text : '')} ${file.text.slice(key.start, key.end)} ${file.text.slice(stored.start, stored.end)}`
      if (tokenName.test(label))
        found.push(evidenceAt(analysis, call, 'the token is kept in localStorage'))
    }
    for (const each of file.assignments) {
      if (each.type !== 'AssignmentExpression' || each.left.type !== 'MemberExpression') continue
      const object = evaluator.evaluate(each.left.object)
      const isStorage =
        object?.kind === 'api' &&
        object.package === globals &&
        /(?:^|\.)localStorage$/.test(object.path)
      if (isStorage && tokenName.test(propertyName(each.left) ?? '')) {
        found.push(evidenceAt(analysis, each, 'the token is kept in localStorage'))
      }
    }
  }
  return found
}
