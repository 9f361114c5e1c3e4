import { randomUUID } from 'node:crypto'
import { quote } from '../dialect.ts'
import { within } from '../driver.ts'
import { unavailable } from '../failure.ts'
import { type Answer, type PostgresJs, type PostgresJsStatements, run } from '../postgres-js.ts'
import { checkProof, type Ears, type Listen, proof } from './listening.ts'

/**
 * On the connection that postgres.js itself listens with. When that is lost the driver makes another
 * one, and tells nobody. So the session is given a name of our own, which each round trip asks for:
 * another session does not have it.
 *
 * @throws {TypeError} for what cannot listen
 */
export function listenWithPostgresJs(sql: PostgresJs, timeoutMs: number): Listen {
  const { listen } = sql
  if (typeof listen !== 'function') {
    throw new TypeError('feed needs what postgres(…) of postgres.js returns, or a Pool of pg')
  }
  // Other feeds may listen on the same connection.
  const setting = `cloakroom.feed_${randomUUID().replaceAll('-', '')}`
  let ears: Ears | undefined
  let isSubscribed = false
  let busy: Promise<unknown> = Promise.resolve()

  async function subscribe(channel: string): Promise<void> {
    if (isSubscribed) return
    // The driver keeps a subscription that failed, and each one is heard: better none than many.
    const { rows } = await run(sql, 'select pg_is_in_recovery()', [], false)
    if (rows[0]?.[0] !== false) throw unavailable('This PostgreSQL is a standby.')
    await sql.listen?.(
      channel,
      (payload) => ears?.hear(payload),
      () => ears?.fail(new Error('The driver has connected the feed anew')),
    )
    isSubscribed = true
  }

  async function open(channel: string, session: string): Promise<void> {
    await subscribe(channel)
    await ask(`listen ${quote(channel)}`)
    if ((await ask(nameSession, [setting, session, channel])).rows.length === 0) {
      throw unavailable('The connection of the feed does not listen.')
    }
  }

  async function ask(text: string, values: string[] = []): Promise<Answer> {
    return await run(listeningConnection(listen), text, values, false)
  }

  /** The driver would send what comes next after what is stuck. */
  function oneByOne<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = busy.then(work)
    busy = result.catch(() => undefined)
    return within(performance.now() + timeoutMs, result)
  }

  return async (channel, given) => {
    const session = randomUUID()
    ears = undefined
    await oneByOne(() => open(channel, session))
    ears = given
    return {
      async prove() {
        const values = [channel, setting, session]
        const { rows, processId } = await oneByOne(() => ask(proofOfSession, values))
        checkProof(rows[0]?.[0], processId)
      },
      // The connection is the driver's, and ends with it.
      close() {
        if (ears === given) ears = undefined
      },
    }
  }
}

// In the statement that sees it listen: whatever comes later is heard.
const nameSession = `select set_config($1, $2, false) from pg_listening_channels() c where c = $3`
const proofOfSession = `${proof} and current_setting($2, true) = $3`

function listeningConnection(listen: PostgresJs['listen']): PostgresJsStatements {
  const connection = listen?.sql
  if (connection !== undefined) return connection
  throw unavailable('This postgres.js hides the connection that it listens with. Use pg.')
}
