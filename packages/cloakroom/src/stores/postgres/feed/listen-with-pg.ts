import { quote } from '../dialect.ts'
import { within } from '../driver.ts'
import { unavailable } from '../failure.ts'
import { arrays, type PgListeningClient, type PgPool } from '../pg.ts'
import type { Row } from '../values.ts'
import { checkProof, type Listen, proof } from './listening.ts'

/**
 * On a client of its own, which the pool's own class makes of the pool's own options.
 *
 * @throws {TypeError} for what has no such class
 */
export function listenWithPg(pool: PgPool, timeoutMs: number): Listen {
  const { Client } = pool
  if (Client === undefined) {
    throw new TypeError('feed needs a Pool of pg that can make one more client: pool.Client')
  }

  return async (channel, { hear, fail }) => {
    if (pool.ending === true) throw unavailable('The pool was ended.')
    const client = new Client(pool.options)
    client.on('error', fail)
    client.on('end', () => fail(new Error('The connection of the feed was closed')))
    client.on('notification', ({ payload = '' }) => hear(payload))
    const deadline = performance.now() + timeoutMs
    try {
      await within(deadline, client.connect())
      await within(deadline, client.query({ text: `listen ${quote(channel)}`, ...arrays }))
    } catch (error) {
      destroy(client)
      throw error
    }
    return {
      async prove() {
        // A pool that the application has ended must not live on by this.
        if (pool.ending === true) throw unavailable('The pool was ended.')
        const sent = client.query({ text: proof, values: [channel], ...arrays })
        const { rows } = (await within(performance.now() + timeoutMs, sent)) as { rows: Row[] }
        checkProof(rows[0]?.[0], client.processID)
      },
      close: () => destroy(client),
    }
  }
}

// `end` says good-bye, and waits for an answer that may never come.
function destroy(client: PgListeningClient): void {
  client.connection?.stream.destroy()
  client.end().catch(() => undefined)
}
