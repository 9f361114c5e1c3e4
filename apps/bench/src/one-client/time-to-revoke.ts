import { setTimeout as delay } from 'node:timers/promises'
import { createClient } from '../client.ts'
import { CheckFailed } from '../measuring/check-target.ts'
import { credentialOf, revoke, signIn, type Way } from './way.ts'

const pauseMs = 1
const longestMs = 60_000

/**
 * Ends a session that is in use, and goes on using it: milliseconds from when the end was acknowledged
 * to the first answer that refuses.
 */
export async function timeToRevoke(way: Way, user: number): Promise<number> {
  const [client, elsewhere] = [createClient(), createClient()]
  try {
    const { sessionId, headers } = await useSession()
    await revoke(way, elsewhere, sessionId)
    const acknowledged = performance.now()
    while ((await statusOf(headers)) !== 401) {
      if (performance.now() - acknowledged > longestMs) {
        throw new CheckFailed(`${way.name}: still accepted after ${longestMs / 1000} s`)
      }
      await delay(pauseMs)
    }
    return performance.now() - acknowledged
  } finally {
    client.close()
    elsewhere.close()
  }

  async function statusOf(headers: Readonly<Record<string, string>>): Promise<number> {
    return (await client.send('GET', `${way.application.url}/`, headers)).status
  }

  /** A new session that is accepted, twice: whatever can keep it has it. */
  async function useSession() {
    const begin = performance.now()
    const signedIn = await signIn(way, elsewhere, user)
    for (;;) {
      const headers = await credentialOf(way, client, signedIn)
      const statuses = [await statusOf(headers), await statusOf(headers)]
      if (statuses.every((status) => status === 200)) {
        return { sessionId: signedIn.sessionId, headers }
      }
      // A verifier that has just begun to listen doubts tokens of the second before.
      if (performance.now() - begin > longestMs) {
        throw new CheckFailed(`${way.name}: a new session is answered ${statuses.join(', ')}`)
      }
      await delay(100)
    }
  }
}
