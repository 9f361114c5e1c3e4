import type { StandardSchemaV1 } from '@standard-schema/spec'
import { CloakroomError } from '../errors.ts'
import type { JsonObject } from './session.ts'

/** Any library's schema that keeps to Standard Schema 1 (Valibot, Zod, ArkType, …). */
export type DataSchema = StandardSchemaV1<unknown, object>

/** What `data` must be when it is written. */
export type DataInput<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferInput<Schema>
  : JsonObject

/** What `session.data` is. */
export type DataOf<Schema> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : JsonObject

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
function describe({ path, message }: StandardSchemaV1.Issue): string {
  const keys = path?.map((part) => String(typeof part === 'object' ? part.key : part)) ?? []
  return keys.length === 0 ? message : `${keys.join('.')}: ${message}`
}

function stringify(value: unknown): string {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isObject) throw new CloakroomError('invalid_data', 'Session data must be a JSON object.')
  try {
    return JSON.stringify(value)
  } catch (cause) {
    throw new CloakroomError(
      'invalid_data',
      'Session data is not JSON: it has a cycle or a bigint.',
      {
        cause,
      },
    )
  }
}
