import { hash, timingSafeEqual } from 'node:crypto'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import type { CloakroomDatabase } from '../workload/cloakroom-database.ts'
import type { Target } from './target.ts'

/** A token taken apart beforehand: the floor does not parse. */
export interface TokenParts {
  readonly id: Buffer
  readonly secret: Buffer
}

interface FloorOptions {
  readonly file: string
  readonly pragmas: readonly string[]
  readonly rows: 'arrays' | 'objects'
  /** The tokens of the database. */
  readonly credentials: readonly TokenParts[]
}

/**
 * The least that can be done: Cloakroom's own statement, prepared on the bare driver, and SHA-256 of
 * the secret. It judges nothing that the row says, makes no session or user of it, and never waits.
 */
export function floor(
  { endedToken, verifySql }: CloakroomDatabase,
  { file, pragmas, rows, credentials }: FloorOptions,
): Target<TokenParts, unknown> {
  const database = new DatabaseSync(file)
  for (const pragma of pragmas) database.exec(`pragma ${pragma}`)
  const statement = database.prepare(verifySql)
  statement.setReturnArrays(rows === 'arrays')
  const columns = statement.columns().map(({ column }) => column)
  const userId = rows === 'arrays' ? columns.indexOf('user_id') : 'user_id'
  const secretHash = rows === 'arrays' ? columns.indexOf('secret_hash') : 'secret_hash'
  return {
    name: 'The floor',
    note: "Cloakroom's statement on node:sqlite, prepared; SHA-256 of the secret, compared",
    credentials,
    wrong: {
      'the token of a session that has ended': takeApart(endedToken),
      'the secret of another session': {
        id: (credentials[0] as TokenParts).id,
        secret: (credentials[1] as TokenParts).secret,
      },
    },
    authenticate({ id, secret }) {
      const row = statement.get(id) as Record<string | number, SQLOutputValue> | undefined
      if (row === undefined) return undefined
      // Faster than any other way of having a hash as bytes (Node 24).
      const shown = Buffer.from(hash('sha256', secret, 'binary'), 'binary')
      return timingSafeEqual(shown, row[secretHash] as Uint8Array) ? row[userId] : undefined
    },
    userOf: (user) => user as number | undefined,
    close: () => database.close(),
  }
}

const idLength = 16

export function takeApart(token: string): TokenParts {
  const start = token.indexOf('_') + 1
  const bytes = Buffer.from(token.slice(start, start + 64), 'base64url')
  return { id: bytes.subarray(0, idLength), secret: bytes.subarray(idLength) }
}
