import type { SigningKeyStore } from '../../core/signing-keys.ts'
import type { Calls } from './calls.ts'
import type { Keys } from './keys.ts'
import { toText } from './row.ts'
import { read, write } from './scripts/signing-keys.ts'

/** @param lastingly Runs a write so that it waits for the replicas, where the store is set to. */
export function createSigningKeys(
  calls: Calls,
  keys: Keys,
  lastingly: <Result>(work: (calls: Calls) => Promise<Result>) => Promise<Result>,
): SigningKeyStore {
  const place = { home: '000', keys: [keys.signingKeys()] }
  return Object.freeze<SigningKeyStore>({
    async read() {
      const [now, version, document] = await calls.run(read, place)
      return {
        version: version as number,
        document: toText(document) ?? '',
        now: now as number,
      }
    },
    write: (document, version) =>
      lastingly(async (lasting) => {
        const [outcome] = await lasting.run(write, { ...place, args: [document, String(version)] })
        return toText(outcome) === 'written'
      }),
  })
}
