import { DatabaseSync } from 'node:sqlite'
import BetterSqlite from 'better-sqlite3'
import type { Verdict, Verification } from 'cloakroom'
import { asReceived } from '../workload/as-received.ts'
import {
  type BenchCloakroom,
  type CloakroomDatabase,
  openCloakroom,
} from '../workload/cloakroom-database.ts'
import type { Target } from './target.ts'

type User = { id: number; email: string; name: string }

interface CloakroomTargetOptions {
  readonly driver: 'node:sqlite' | 'better-sqlite3'
  readonly file: string
  readonly pragmas: readonly string[]
  /** Added to the name. */
  readonly remark?: string
}

/** `auth.verify(token)`. */
export async function cloakroomVerify(
  { tokens, endedToken }: CloakroomDatabase,
  { driver, remark = '', ...options }: CloakroomTargetOptions,
): Promise<Target<string, Verification<User, unknown>>> {
  const { auth, close } = await open({ driver, ...options })
  return {
    name: `Cloakroom on ${driver}${remark}`,
    note: 'auth.verify(token): the token parsed, one query, timeouts, block and epochs judged, session and user made',
    credentials: tokens,
    wrong: {
      'the token of a session that has ended': endedToken,
      'a token with a wrong checksum': `${(tokens[0] as string).slice(0, -1)}-`,
    },
    authenticate: (token) => auth.verify(token),
    userOf,
    close,
  }
}

/** `auth.http.authenticate(head)`: what an adapter calls for each request. */
export async function cloakroomRequest(
  { tokens, endedToken }: CloakroomDatabase,
  { driver, ...options }: CloakroomTargetOptions,
): Promise<Target<string, Verdict<User, unknown>>> {
  const { auth, close } = await open({ driver, ...options })
  const cookie = (token: string) => asReceived(`theme=dark; ${auth.http.cookieName}=${token}`)
  return {
    name: `Cloakroom on ${driver}, from the request's headers`,
    note: 'auth.http.authenticate(head): the same, with the cookie found among others and the cross-site check',
    credentials: tokens.map(cookie),
    wrong: {
      'the token of a session that has ended': cookie(endedToken),
      'no session cookie': 'theme=dark',
    },
    authenticate: (header) =>
      auth.http.authenticate({
        method: 'GET',
        cookie: header,
        authorization: undefined,
        origin: undefined,
        secFetchSite: 'same-origin',
        userAgent: undefined,
        ip: undefined,
      }),
    userOf,
    close,
  }
}

async function open({ driver, file, pragmas }: CloakroomTargetOptions): Promise<{
  auth: BenchCloakroom
  close: () => Promise<void>
}> {
  const database = driver === 'node:sqlite' ? new DatabaseSync(file) : new BetterSqlite(file)
  for (const pragma of pragmas) database.exec(`pragma ${pragma}`)
  const auth = await openCloakroom(database)
  return {
    auth,
    async close() {
      await auth.close()
      database.close()
    },
  }
}

function userOf(answer: Verdict<User, unknown>): number | undefined {
  return answer.status === 'authenticated' ? answer.user.id : undefined
}
