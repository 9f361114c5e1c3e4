// How long a token lives, by what it is signed with.

import { constantNumber } from '../flow/constant-number.ts'
import type { Tracer } from '../flow/tracer.ts'
import { type Node, walk } from '../scan/syntax.ts'
import { findOption } from './settings.ts'
import type { TokenCall } from './token-calls.ts'

const seconds: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  y: 31_557_600,
}

/** Seconds; `Infinity` for a token that never expires, `undefined` where it cannot be told. */
export function lifetimeOf(tracer: Tracer, token: TokenCall): number | undefined {
  const { settings, library, subject, model } = token
  if (model.longestLife !== undefined) return model.longestLife
  if (settings.expires.state === 'set') {
    return durationIn(tracer, token, settings.expires.node, library.name)
  }
  const claim = subject && findOption(tracer.evaluator, subject, 'exp')
  if (claim?.state === 'set') return instantIn(claim.node)
  return settings.expires.state === 'unknown' ? undefined : Number.POSITIVE_INFINITY
}

function durationIn(
  tracer: Tracer,
  { frame }: TokenCall,
  node: Node,
  library: string,
): number | undefined {
  const isMilliseconds = library === 'fast-jwt' || library === '@fastify/jwt'
  const lengths = tracer.trace(node, frame).flatMap((each) => {
    if (each.kind === 'text') return parseDuration(each.text) ?? []
    if (each.kind !== 'number') return []
    return isMilliseconds ? each.number / 1000 : each.number
  })
  const leaf = (each: Node) => {
    const [only, ...others] = tracer.trace(each, frame)
    return only?.kind === 'number' && others.length === 0 ? only.number : undefined
  }
  if (lengths.length === 0 && node.type === 'BinaryExpression') {
    const number = constantNumber(node, leaf)
    if (number !== undefined) return isMilliseconds ? number / 1000 : number
  }
  const instant = node.type === 'BinaryExpression' ? instantIn(node) : undefined
  return instant ?? (lengths.length > 0 ? Math.max(...lengths) : undefined)
}

// `Math.floor(Date.now() / 1000) + 15 * 60`
function instantIn(node: Node): number | undefined {
  let found: number | undefined
  walk(node, (each) => {
    if (each.type !== 'BinaryExpression' || each.operator !== '+') return
    const number = constantNumber(each.right) ?? constantNumber(each.left)
    if (number !== undefined) found = Math.max(found ?? 0, number)
  })
  return found
}

/** `15m`, `2 hours`, `7d`. A number without a unit is milliseconds, as jsonwebtoken reads it. */
export function parseDuration(text: string): number | undefined {
  const match = /^\s*\+?(\d+(?:\.\d+)?)\s*([a-z]*)/i.exec(text)
  if (match === null) return undefined
  const [, amount = '', unit = ''] = match
  if (unit === '' || /^ms|^milli/i.test(unit)) return Number(amount) / 1000
  const factor = seconds[unit[0]?.toLowerCase() ?? '']
  return factor === undefined ? undefined : Number(amount) * factor
}
