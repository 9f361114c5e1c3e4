import { maxDataBytes } from '../core/data.ts'
import { CloakroomError } from '../errors.ts'

/** A session object as it is stored: the JSON text of each property. */
export type Entries = ReadonlyMap<string, string>

/** Properties that a request has set, or removed (`undefined`). */
export type Changes = ReadonlyMap<string, string | undefined>

export function entriesOf(session: object): Entries {
  const { cookie, ...properties } = session as { cookie?: unknown }
  const entries = new Map([['cookie', cookieText(cookie)]])
  for (const [key, value] of Object.entries(properties)) {
    const text = JSON.stringify(value)
    // As in any object: what JSON has no word for is left out.
    if (text !== undefined) entries.set(key, text)
  }
  return entries
}

/** @throws {CloakroomError} `invalid_data` for more than `maxDataBytes` */
export function toText(entries: Entries): string {
  const properties = [...entries].map(([key, value]) => `${JSON.stringify(key)}:${value}`)
  const text = `{${properties.join(',')}}`
  const bytes = Buffer.byteLength(text)
  if (bytes <= maxDataBytes) return text
  throw new CloakroomError(
    'invalid_data',
    `The session is ${bytes} bytes of JSON; at most ${maxDataBytes} fit. Keep larger things in a table of your own.`,
  )
}

export function changesBetween(before: Entries, after: Entries): Changes {
  const changes = new Map<string, string | undefined>()
  for (const key of before.keys()) if (!after.has(key)) changes.set(key, undefined)
  for (const [key, text] of after) if (before.get(key) !== text) changes.set(key, text)
  return changes
}

export function withChanges(entries: Entries, changes: Changes): Entries {
  const changed = new Map(entries)
  for (const [key, text] of changes) {
    if (text === undefined) changed.delete(key)
    else changed.set(key, text)
  }
  return changed
}

/**
 * A `maxAge` slides with every request, so its end is left out: it follows from when the session was
 * last seen. In order of the names, because databases keep JSON in an order of their own.
 */
function cookieText(cookie: unknown): string {
  const { expires, originalExpires, ...rest } = JSON.parse(JSON.stringify(cookie ?? {}))
  const isSliding = typeof rest.originalMaxAge === 'number'
  // express-session reads the clock twice to set it, and loses a millisecond if that ticks in between.
  if (isSliding) rest.originalMaxAge = Math.ceil(rest.originalMaxAge / 100) * 100
  const kept = isSliding ? rest : { ...rest, expires, originalExpires }
  return JSON.stringify(kept, Object.keys(kept).sort())
}
