import type { SigningKeyStore } from '../../core/signing-keys.ts'
import type { Connection } from './handle.ts'
import type { Lock } from './lock.ts'

interface Parts {
  readonly lock: Lock
  readonly prefix: string
  readonly clock: () => number
}

export function createSigningKeys(
  connection: Connection,
  { lock, prefix, clock }: Parts,
): SigningKeyStore {
  const table = `${prefix}signing_keys`
  const read = connection.prepare(`select version, document from ${table}`)
  const first = connection.prepare(
    `insert into ${table} (one, version, document) values (1, 1, ?) on conflict do nothing`,
  )
  const change = connection.prepare(
    `update ${table} set document = ?, version = version + 1 where version = ?`,
  )
  return Object.freeze<SigningKeyStore>({
    read: () =>
      lock.read(() => {
        const [version = 0, document = ''] = read.get() ?? []
        return { version: version as number, document: document as string, now: clock() }
      }),
    write: (document, version) =>
      lock.write(() => {
        const count = version === 0 ? first.run(document) : change.run(document, version)
        return count === 1
      }),
  })
}
