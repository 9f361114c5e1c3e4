import { ageOf, readInstant } from '../core/instant.ts'
import type { SigningKeyStore } from '../core/signing-keys.ts'
import { CloakroomError } from '../errors.ts'
import type { AccessTokenAlgorithm } from './access-token.ts'
import { refreshSeconds, staleSeconds } from './issuer-options.ts'
import type { KeyEncryption } from './key-encryption.ts'
import { advance, isDue, type KeyRing, type Schedule, signerAt } from './key-ring.ts'
import { makeKey, openKey, type SigningKey } from './signing-keys.ts'

/** The signing keys in this process's memory, as the database had them a moment ago. */
export interface KeyHolder {
  /**
   * No I/O, unless the database was not heard of for too long.
   * @throws {CloakroomError} `store_unavailable`
   */
  current(): Promise<HeldKeys>
  /** Changes the stored keys, does what is due, and holds what is there then. */
  change(edit: EditRing): Promise<void>
  close(): Promise<void>
}

export type EditRing = (ring: KeyRing, now: number) => KeyRing

export interface HeldKeys {
  readonly ring: KeyRing
  /** Of the ring, by id. */
  readonly keys: ReadonlyMap<string, SigningKey>
  readonly signer: SigningKey
  /** What the database's clock says by now. */
  readonly now: number
}

interface HolderOptions {
  readonly store: SigningKeyStore
  readonly encryption: KeyEncryption
  readonly algorithm: AccessTokenAlgorithm
  readonly schedule: Schedule
  /** Milliseconds since 1970 in this process. */
  readonly clock: () => number
  readonly onError: (error: unknown) => void
}

const mostAttempts = 10
const unchanged: EditRing = (ring) => ring

/** @throws {CloakroomError} `store_unavailable`, `wrong_key_encryption_key`, `schema_mismatch` */
export async function holdKeys(options: HolderOptions): Promise<KeyHolder> {
  const { store, encryption, algorithm, schedule, clock, onError } = options
  // Ages by the monotonic clock too, which nobody can set back.
  const instant = () => ({ ...readInstant(), wall: clock() })
  let held: Omit<HeldKeys, 'signer'> = { ring: [], keys: new Map(), now: 0 }
  let heldSince = instant()
  let lastChange: Promise<void> = Promise.resolve()
  let refreshing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  /** One after the other, so that what is held never gets older. */
  function change(edit: EditRing): Promise<void> {
    const changed = lastChange.then(() => readAndWrite(edit))
    lastChange = changed.catch(() => undefined)
    return changed
  }

  async function readAndWrite(edit: EditRing): Promise<void> {
    for (let attempts = 1; attempts <= mostAttempts; attempts += 1) {
      const begunAt = instant()
      const { version, document, now } = await store.read()
      const stored = parseRing(document)
      const edited = edit(stored, now)
      const ring = isDue(edited, now, schedule)
        ? advance(edited, { now, schedule, newKeys: [await make(), await make()] })
        : edited
      // Decrypted before anything is written: with a wrong key nothing is changed.
      const keys = await openAll(ring)
      const changed = JSON.stringify({ keys: ring })
      if (changed === document || (await store.write(changed, version))) {
        held = { ring, keys, now }
        heldSince = begunAt
        return
      }
    }
    throw new CloakroomError('store_unavailable', 'The signing keys kept changing under a change.')
  }

  async function openAll(ring: KeyRing): Promise<ReadonlyMap<string, SigningKey>> {
    const opened = ring.map(
      async (key) => [key.id, held.keys.get(key.id) ?? (await openKey(key, encryption))] as const,
    )
    return new Map(await Promise.all(opened))
  }

  function make() {
    return makeKey(algorithm, encryption)
  }

  function refresh(): Promise<void> {
    refreshing ??= change(unchanged).finally(() => {
      refreshing = undefined
    })
    return refreshing
  }

  function refreshLater(): void {
    if (isClosed) return
    const spread = 0.75 + Math.random() / 2
    timer = setTimeout(
      () => void refresh().catch(onError).finally(refreshLater),
      refreshSeconds * 1000 * spread,
    ).unref()
  }

  await refresh()
  refreshLater()

  return {
    async current() {
      if (ageOf(heldSince, instant()) > staleSeconds * 1000) await refresh()
      const now = held.now + ageOf(heldSince, instant())
      const signer = held.keys.get(signerAt(held.ring, now)?.id ?? '')
      if (signer !== undefined) return { ...held, signer, now }
      throw new CloakroomError('store_unavailable', 'No signing key may sign yet.')
    },
    change,
    async close() {
      isClosed = true
      clearTimeout(timer)
      await lastChange
    },
  }
}

function parseRing(document: string): KeyRing {
  if (document === '') return []
  try {
    return (JSON.parse(document) as { keys: KeyRing }).keys
  } catch {
    throw new CloakroomError('schema_mismatch', 'The stored signing keys were damaged.')
  }
}
