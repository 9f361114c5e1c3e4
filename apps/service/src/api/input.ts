import type { Context } from 'hono'
import { httpProblem, ProblemError } from '../http/problem.ts'
import { readBody } from '../http/read-body.ts'
import { ServiceError } from '../service-error.ts'

/** Reads one member of a JSON body; `undefined`: it is not there. Throws `invalid_input`. */
type Reader<Value> = (value: unknown) => Value

/** The members of a body, and how each is read. */
export type Shape = Readonly<Record<string, Reader<unknown>>>

export type InputOf<Members> = {
  readonly [Name in keyof Members]: Members[Name] extends Reader<infer V> ? V : never
}

/** Reads the body, and parses it as `parseInput` does. */
export async function readInput<Members extends Shape>(
  context: Context,
  shape: Members,
): Promise<InputOf<Members>> {
  return parseInput(context, await readBody(context.req.raw), shape)
}

/**
 * A JSON object with these members and no others: what nobody asked for, such as `"admin": true`,
 * is refused and not ignored.
 * @throws {ProblemError} 415 for another content type: another site's form can send only those
 * @throws {ServiceError} `invalid_input`
 */
export function parseInput<Members extends Shape>(
  context: Context,
  text: string,
  shape: Members,
): InputOf<Members> {
  if (!isJson(context.req.header('content-type'))) {
    throw new ProblemError(httpProblem(415, 'unsupported_media_type'))
  }
  const body = parse(text)
  if (Object.keys(body).some((name) => !Object.hasOwn(shape, name))) throw invalid()
  const entries = Object.entries(shape).map(([name, reader]) => [
    name,
    reader(Object.hasOwn(body, name) ? body[name] : undefined),
  ])
  return Object.fromEntries(entries) as InputOf<Members>
}

export function text(value: unknown): string {
  // A lone surrogate would become the replacement character when it is hashed, and so would any other.
  if (typeof value === 'string' && value.isWellFormed()) return value
  throw invalid()
}

export function optional<Value>(reader: Reader<Value>): Reader<Value | undefined> {
  return (value) => (value === undefined ? undefined : reader(value))
}

export function withDefault<Value>(standard: Value, reader: Reader<Value>): Reader<Value> {
  return (value) => (value === undefined ? standard : reader(value))
}

export function flag(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw invalid()
}

export function oneOf<const Value extends string>(...values: readonly Value[]): Reader<Value> {
  return (value) => {
    const found = values.find((one) => one === value)
    if (found === undefined) throw invalid()
    return found
  }
}

function isJson(contentType: string | undefined): boolean {
  return /^application\/json[ \t]*(?:;|$)/i.test(contentType ?? '')
}

function parse(body: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw invalid()
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid()
  return value as Record<string, unknown>
}

function invalid(): ServiceError {
  return new ServiceError('invalid_input')
}
