import { ageOf, type Instant, readInstant } from '../core/instant.ts'
import { CloakroomError } from '../errors.ts'
import { type KeySet, readKeySet, type VerifyingKey } from './key-set.ts'

/** Where a verifier finds keys. */
export interface KeySource {
  /**
   * The key of that id; `undefined`: there is none.
   * @throws {CloakroomError} `store_unavailable` if that cannot be known
   */
  find(keyId: string): Promise<VerifyingKey | undefined>
}

export interface RemoteKeySetOptions {
  readonly url: string
  readonly maxAgeMs: number
  readonly cooldownMs: number
  readonly timeoutMs: number
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

const largestSet = 65_536
/** After a failure: short, because an issuer that restarts is back soon. */
const retryMs = 1000

/**
 * Keys that are published at a URL. From half of their age on they are read anew behind the requests'
 * backs; past it none is believed. A key that is not there yet is looked for at once, but not more often
 * than every `cooldownMs`, however many ids somebody invents.
 */
export function remoteKeySet(options: RemoteKeySetOptions): KeySource {
  const { url, maxAgeMs, cooldownMs, timeoutMs, clock } = options
  const instant = (): Instant => ({ ...readInstant(), wall: clock() })
  let held: { readonly keys: KeySet; readonly begunAt: Instant } | undefined
  let reading: Promise<void> | undefined
  let lastRead:
    | { readonly begunAt: Instant; readonly hasFailed: boolean; readonly cause?: unknown }
    | undefined

  /** The keys that may still be believed. */
  function usable(): KeySet | undefined {
    return held !== undefined && ageOf(held.begunAt, instant()) <= maxAgeMs ? held.keys : undefined
  }

  function isAgeing(): boolean {
    return held === undefined || ageOf(held.begunAt, instant()) > maxAgeMs / 2
  }

  /** Reads, unless that was done just now; joins a read that is under way. Never rejects. */
  async function readAgain(): Promise<void> {
    if (reading === undefined && lastRead !== undefined) {
      const pauseMs = lastRead.hasFailed ? Math.min(retryMs, cooldownMs) : cooldownMs
      if (ageOf(lastRead.begunAt, instant()) < pauseMs) return
    }
    reading ??= read().finally(() => {
      reading = undefined
    })
    await reading
  }

  async function read(): Promise<void> {
    const begunAt = instant()
    try {
      held = { keys: await fetchKeySet(url, timeoutMs), begunAt }
      lastRead = { begunAt, hasFailed: false }
    } catch (cause) {
      lastRead = { begunAt, hasFailed: true, cause }
    }
  }

  return {
    async find(keyId) {
      if (isAgeing()) {
        const again = readAgain()
        if (usable() === undefined) await again
      }
      const known = usable()?.get(keyId)
      if (known !== undefined) return known
      await readAgain()
      const found = usable()?.get(keyId)
      // With the issuer out of reach nobody can say that a key is not one of its new ones.
      if (found !== undefined || lastRead?.hasFailed !== true) return found
      throw new CloakroomError('store_unavailable', "The issuer's keys cannot be read.", {
        cause: lastRead.cause,
      })
    },
  }
}

async function fetchKeySet(url: string, timeoutMs: number): Promise<KeySet> {
  const response = await fetch(url, {
    // To wherever it leads: only the configured place is believed.
    redirect: 'error',
    headers: { accept: 'application/jwk-set+json, application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new TypeError(`The issuer answered ${response.status} where its keys should be`)
  }
  return readKeySet(JSON.parse(await readText(response)))
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > largestSet) throw new TypeError(`A JWK set has at most ${largestSet} bytes`)
    chunks.push(chunk)
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
}
