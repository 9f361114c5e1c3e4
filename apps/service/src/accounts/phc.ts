/** Cost of one argon2id hash (RFC 9106 §3.1). */
export interface Argon2Cost {
  /** KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** A password hash with everything that is needed to check a password against it. */
export interface PasswordHash extends Argon2Cost {
  readonly salt: Uint8Array
  readonly tag: Uint8Array
}

/** The PHC string format: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
export function formatPhc({ memory, passes, parallelism, salt, tag }: PasswordHash): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`
}

/** `undefined` for anything else than what `formatPhc` writes, or with a cost beyond all reason. */
export function parsePhc(text: string): PasswordHash | undefined {
  const match =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(
      text,
    )
  if (match === null) return undefined
  const [memory, passes, parallelism] = match.slice(1, 4).map(Number) as [number, number, number]
  const [salt, tag] = match.slice(4).map((part) => Buffer.from(part, 'base64')) as [Buffer, Buffer]
  // Whoever can write to the database could otherwise have one sign-in take all memory.
  const costly = memory * passes > 4_194_304 || memory > 1_048_576
  if (costly || passes < 1 || parallelism < 1 || memory < 8 * parallelism) return undefined
  return salt.length < 8 || tag.length < 16 ? undefined : { memory, passes, parallelism, salt, tag }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '')
}
