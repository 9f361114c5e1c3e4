/** What statements take. */
export type Value = string | number | boolean | Uint8Array | null
/** What they give: an array, so that names of columns cannot clash. */
export type Row = readonly unknown[]

/** As the server reads it. Drivers are given text only, of which there is one way to send it. */
export function toText(value: Value): string | null {
  if (value === null) return null
  if (value instanceof Uint8Array) return `\\x${hexOf(value)}`
  return String(value)
}

/** A uuid, as the server reads it: it needs no dashes. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

export function toArray(ids: readonly Uint8Array[]): string {
  return `{${ids.map(hexOf).join(',')}}`
}

/**
 * A value that the server wrote as text, by the oid of its type. The application may have told its
 * driver to read types in other ways, for its own statements; these know only this one.
 */
export function parseValue(type: number, text: string): unknown {
  switch (type) {
    case types.bool:
      return text === 't'
    case types.bytea:
      return parseBytes(text)
    case types.int2:
    case types.int4:
    case types.int8:
    case types.float8:
      return Number(text)
    default:
      return text
  }
}

const types = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, float8: 701 } as const

// `bytea_output` may be set to either (PostgreSQL manual, 8.4 Binary Data Types).
function parseBytes(text: string): Buffer {
  if (text.startsWith('\\x')) return Buffer.from(text.slice(2), 'hex')
  const characters = text.replace(/\\(\\|[0-7]{3})/g, (_, code: string) =>
    code === '\\' ? code : String.fromCharCode(Number.parseInt(code, 8)),
  )
  return Buffer.from(characters, 'latin1')
}
