import { CloakroomError } from '../errors.ts'
import type { JsonObject } from './session.ts'
import type { SchemaInput, SchemaIssue, SchemaOutput, StandardSchema } from './standard-schema.ts'

/** Any library's schema that keeps to Standard Schema 1 (Valibot, Zod, ArkType, …). */
export type DataSchema = StandardSchema<unknown, object>

/** What `data` must be when it is written. */
export type DataInput<Schema> = Schema extends StandardSchema ? SchemaInput<Schema> : JsonObject

/** What `session.data` is. */
export type DataOf<Schema> = Schema extends StandardSchema ? SchemaOutput<Schema> : JsonObject

/** Largest `data` in bytes of JSON: it is read with every request. */
export const maxDataBytes = 16_384

/** Between `data` and its column. Validated when written; what is in the database is trusted. */
export interface DataFormat<Data> {
  encode(value: unknown): Promise<string>
  decode(text: string): Data
}

export function dataFormat<Data>(schema: DataSchema | undefined): DataFormat<Data> {
  return {
    async encode(value) {
      const text = stringify(schema === undefined ? value : await validate(schema, value))
      const bytes = Buffer.byteLength(text)
      if (bytes > maxDataBytes) {
        throw new CloakroomError(
          'invalid_data',
          `Session data is ${bytes} bytes of JSON; at most ${maxDataBytes} fit. Keep larger things in a table of your own.`,
        )
      }
      return text
    },
    decode: (text) => (text === '{}' ? {} : JSON.parse(text)) as Data,
  }
}

async function validate(schema: DataSchema, value: unknown): Promise<object> {
  const result = await schema['~standard'].validate(value)
  if (result.issues === undefined) return result.value
  const issues = result.issues.map(describe).join('; ')
  throw new CloakroomError('invalid_data', `Session data does not fit its schema: ${issues}`)
}

// Paths and the schema's own words, never the value: it may be private.
function describe({ path, message }: SchemaIssue): string {
  const keys = path?.map((part) => String(typeof part === 'object' ? part.key : part)) ?? []
  return keys.length === 0 ? message : `${keys.join('.')}: ${message}`
}

function stringify(value: unknown): string {
  if (!isPlainObject(value)) {
    throw new CloakroomError('invalid_data', 'Session data must be a JSON object.')
  }
  try {
    return JSON.stringify(value, refuseChange)
  } catch (cause) {
    if (cause instanceof CloakroomError) throw cause
    throw new CloakroomError('invalid_data', 'Session data is not JSON: it has a cycle.', { cause })
  }
}

/**
 * What is read must be what was written, and is typed as that: JSON would make a string of a Date,
 * an empty object of a Map and null of NaN. Only properties that are `undefined` are left out.
 */
function refuseChange(this: unknown, key: string, value: unknown): unknown {
  // `value` is what `toJSON` made of it, if there is one.
  const original = (this as Record<string, unknown>)[key]
  const isJson =
    original === null ||
    typeof original === 'string' ||
    typeof original === 'boolean' ||
    Number.isFinite(original) ||
    Array.isArray(original) ||
    isPlainObject(original) ||
    (original === undefined && !Array.isArray(this))
  if (isJson && Object.is(value, original)) return value
  throw new CloakroomError('invalid_data', `Session data is not JSON: see its property ${key}.`)
}

function isPlainObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype = Object.getPrototypeOf(value)
  // The second: Object.prototype, of whichever realm.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
