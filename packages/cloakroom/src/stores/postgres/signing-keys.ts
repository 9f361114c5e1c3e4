import type { SigningKeyStore } from '../../core/signing-keys.ts'
import type { Query } from './connection.ts'
import type { Statements } from './statements.ts'

/** @param timeOf Reads the database's time, and refuses that of a standby. */
export function createSigningKeys(
  query: Query,
  sql: Statements,
  timeOf: (now: unknown) => number,
): SigningKeyStore {
  return Object.freeze<SigningKeyStore>({
    async read() {
      const [row = []] = await query(sql.signingKeys)
      const [version, document, now] = row as [number | null, string | null, unknown]
      return { version: version ?? 0, document: document ?? '', now: timeOf(now) }
    },
    async write(document, version) {
      const rows = await (version === 0
        ? query(sql.firstSigningKeys, [document])
        : query(sql.changeSigningKeys, [document, version]))
      return rows.length === 1
    },
  })
}
