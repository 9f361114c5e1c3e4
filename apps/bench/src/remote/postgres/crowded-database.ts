import { freshPostgresDatabase } from '@cloakroom/test-servers'
import { postgres } from 'cloakroom/postgres'
import type pg from 'pg'
import { asReceived } from '../../workload/as-received.ts'
import type { Workload } from '../../workload/workload.ts'
import { cloakroomTarget, openAuth } from '../cloakroom.ts'
import type { RemoteTarget } from '../remote-target.ts'
import type { RemoteCloakroom } from '../sign-in-all.ts'
import { countingPool } from './counting-pool.ts'
import { makeUsers } from './databases.ts'

export interface CrowdedDatabase {
  readonly name: string
  /** Verifies the sessions of the workload. */
  readonly target: RemoteTarget
  /** How many sessions there are in all. */
  readonly sessions: number
  /** On disk, with the indexes. */
  readonly bytesPerSession: number
  prune(): Promise<number>
}

/**
 * A database of its own, with `times` as many sessions and users as the workload has. Every other one
 * of the additional sessions is past its deadline.
 */
export async function openCrowdedDatabase(
  server: string,
  name: string,
  { users, owners }: Workload,
  times: number,
): Promise<CrowdedDatabase> {
  const { pool, sent } = countingPool(await freshPostgresDatabase(server))
  await makeUsers(pool, users * times)
  const auth = await openAuth(postgres(pool, { migrate: true }))
  const tokens: string[] = []
  let next = 0
  // Each with its share of the others right behind it: in the table and its indexes the sessions of
  // the workload are as far apart as any.
  async function signInSome(): Promise<void> {
    while (next < owners.length) {
      const session = next
      next += 1
      tokens[session] = await signIn(auth, (owners[session] as number) * times)
      if (times > 1) await pool.query(insertOthers, [times - 1, users * times, device])
    }
  }
  await Promise.all(Array.from({ length: atOnce }, signInSome))
  const endedToken = await signIn(auth, 1)
  await auth.signOut(endedToken)
  await pool.query('vacuum analyze')

  const target = cloakroomTarget(
    { tokens, endedToken },
    { name, auth, sent, bytesPerSession: async () => undefined, close: () => pool.end() },
  )
  return {
    name,
    target: {
      ...(target as RemoteTarget),
      userOf: (answer) => {
        const user = target.userOf(answer as never)
        return user === undefined ? undefined : user / times
      },
    },
    ...(await weigh(pool)),
    prune: () => auth.prune(),
  }
}

const atOnce = 8

// As long as a device label may be.
const device = 'Chrome Mobile on Android, a long label..'

async function signIn(auth: RemoteCloakroom, user: number): Promise<string> {
  const attempt = await auth.beginSignIn(user)
  const { token } = await attempt.complete({ methods: ['pwd'], ip: '192.0.2.1', device })
  return asReceived(token)
}

// What sign-ins insert, only faster.
const insertOthers = `
  insert into cloakroom_sessions (id, created_at, last_seen_at, expires_at, authenticated_at, epoch,
    data_version, user_id, persistent, secret_hash, family_hash, methods, ip, device, data)
  select uuidv7(), began, began, began + interval '30 days', began, 0,
    0, 1 + floor(random() * $2), true, sha256(uuid_send(uuidv7())), sha256(uuid_send(uuidv7())),
    'pwd', '192.0.2.1', $3, '{}'
  from (select case n % 2 when 0 then now() - interval '31 days' else now() end as began
    from generate_series(1, $1::integer) n) others`

async function weigh(pool: pg.Pool): Promise<{ sessions: number; bytesPerSession: number }> {
  const { rows } = await pool.query<[number, number]>({
    text: `select count(*)::float8, pg_total_relation_size('cloakroom_sessions') / count(*)::float8
      from cloakroom_sessions`,
    rowMode: 'array',
  })
  const [[sessions, bytesPerSession]] = rows as [[number, number]]
  return { sessions, bytesPerSession }
}
