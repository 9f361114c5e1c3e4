// JSON as TypeScript's settings are written: with comments and trailing commas. The parser of
// JavaScript reads it, and nothing is executed.
import { parseSync } from 'oxc-parser'
import type { Node } from './syntax.ts'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** `undefined` when it is not JSON. */
export function readJson(text: string): Json | undefined {
  const { program, errors } = parseSync('settings.js', `(${text})`, { preserveParens: false })
  const [statement] = program.body
  if (errors.length > 0 || statement?.type !== 'ExpressionStatement') return undefined
  return toJson(statement.expression)
}

function toJson(node: Node): Json | undefined {
  if (node.type === 'Literal') return node.value instanceof RegExp ? null : (node.value as Json)
  if (node.type === 'ArrayExpression') {
    return node.elements.map((each) => (each === null ? null : (toJson(each) ?? null)))
  }
  if (node.type !== 'ObjectExpression') return undefined
  const object: { [key: string]: Json } = {}
  for (const each of node.properties) {
    if (each.type !== 'Property' || each.key.type !== 'Literal') continue
    object[String(each.key.value)] = toJson(each.value) ?? null
  }
  return object
}

export function objectAt(value: Json | undefined, ...keys: string[]): { [key: string]: Json } {
  let each = value
  for (const key of keys) each = isObject(each) ? each[key] : undefined
  return isObject(each) ? each : {}
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
