import type { SigningKeyStore } from '../../core/signing-keys.ts'
import type { StoreContext } from './context.ts'
import { timeIn } from './dialect.ts'

export function createSigningKeys({ database, sql, guard }: StoreContext): SigningKeyStore {
  return Object.freeze<SigningKeyStore>({
    async read() {
      const [row = []] = await database.read({ sql: sql.signingKeys, values: [], guard })
      const [version, document] = row as [number | null, string | null]
      return { version: version ?? 0, document: document ?? '', now: timeIn(row) }
    },
    async write(document, version) {
      const count = await (version === 0
        ? database.write(sql.firstSigningKeys, [document])
        : database.write(sql.changeSigningKeys, [document, version]))
      return count === 1
    },
  })
}
