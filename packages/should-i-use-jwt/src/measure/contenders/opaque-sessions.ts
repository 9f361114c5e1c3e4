import { setTimeout as delay } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import {
  type CacheFactory,
  type Cloakroom,
  cloakroom,
  type StoreFactory,
  type Users,
} from 'cloakroom'
import { leasedCache } from 'cloakroom/cache'
import { valkey } from 'cloakroom/valkey'
import { type Contender, type OpenContender, ownerOf, type Surroundings } from './contender.ts'

type Auth = Cloakroom<{ id: number }, unknown>

/** As many sign-ins at once as keep a server busy. */
const atOnce = 32

const longestWaitMs = 10_000

/** The longest: what is measured a fraction of the time must not find its cache aged by the rest. */
const maxAgeSeconds = 3600

/** An opaque token, and the session with its user in one statement. */
export const opaqueInDatabase: OpenContender = async (surroundings) => {
  const auth = await openOnDatabase(surroundings, { feed: false })
  return toContender(auth, surroundings)
}

/** The same, from memory while the feed of revocations is known to be good. */
export const leased: OpenContender = async (surroundings) => {
  const auth = await openOnDatabase(surroundings, {
    feed: true,
    cache: leasedCache({ maxSessions: Math.max(surroundings.sessions, 1), maxAgeSeconds }),
  })
  const contender = await toContender(auth, surroundings)
  const [token] = contender.tokens.authenticated as readonly string[]
  if (token !== undefined) await untilCached(auth, token)
  return contender
}

/** A cache answers once its feed has been confirmed, which takes a moment. */
async function untilCached(auth: Auth, token: string): Promise<void> {
  const hits = () => auth.feedHealth()?.cache?.hits ?? 0
  const before = hits()
  const end = performance.now() + longestWaitMs
  while (hits() === before) {
    await auth.verify(token)
    if (performance.now() > end) throw new Error('Its cache has not come into use')
    await delay(10)
  }
}

/** An opaque token in Valkey: one script, which knows the session and no more of its user than the id. */
export const opaqueInValkey: OpenContender = async (surroundings) => {
  const { prefix = '' } = surroundings.valkey ?? {}
  const auth = await open(valkey(surroundings.client(), { prefix }), {
    idType: 'integer',
    load: async (id: number) => ({ id }),
  })
  return toContender(auth, surroundings)
}

function openOnDatabase(
  { database }: Surroundings,
  { feed, cache }: { feed: boolean; cache?: CacheFactory },
): Promise<Auth> {
  const users = {
    table: database.table('users'),
    id: { type: 'integer' },
    active: 'not banned',
  } as const
  return open(database.store(feed), users, cache)
}

function open<U extends Users>(
  store: StoreFactory<NoInfer<U>>,
  users: U,
  cache?: CacheFactory,
): Promise<Auth> {
  const options = { origin: 'http://localhost', pruneIntervalSeconds: false } as const
  return cloakroom({
    ...options,
    store,
    users,
    ...(cache && { cache }),
  }) as unknown as Promise<Auth>
}

async function toContender(auth: Auth, surroundings: Surroundings): Promise<Contender> {
  surroundings.database.relaxDurability?.()
  const tokens = await signInAll(auth, surroundings)
  const [ended] = await signInAll(auth, { sessions: 1, users: 1 })
  await auth.signOut(ended)
  return {
    tokens: {
      authenticated: tokens,
      missing: [''],
      junk: [`cloak_${'A'.repeat(70)}`, 'eyJhbGciOiJub25lIn0.e30.', 'null'],
      expired: [agedToken(ended as string)],
      unknown: [ended as string],
    },
    async authenticate(token) {
      const verification = await auth.verify(token)
      return verification.status === 'authenticated' ? verification.user.id : undefined
    },
    async logOut(token) {
      await auth.signOut(token)
      return 0
    },
    close: () => auth.close(),
  }
}

async function signInAll(
  auth: Auth,
  { sessions, users }: Pick<Surroundings, 'sessions' | 'users'>,
): Promise<string[]> {
  const tokens: string[] = []
  let next = 0
  async function signInSome(): Promise<void> {
    while (next < sessions) {
      const session = next
      next += 1
      const attempt = await auth.beginSignIn(ownerOf(session, users))
      tokens[session] = (await attempt.complete({ methods: ['pwd'] })).token
    }
  }
  await Promise.all(Array.from({ length: atOnce }, signInSome))
  return tokens
}

/** The token as if it had been made a hundred days ago: a right checksum and an id past every deadline. */
function agedToken(token: string): string {
  const [prefix, text] = [token.slice(0, 6), token.slice(6, 70)]
  const bytes = Buffer.from(text, 'base64url')
  bytes.writeUIntBE(Date.now() - 100 * 86_400_000, 0, 6)
  const aged = `${prefix}${bytes.toString('base64url')}`
  return `${aged}${checksum(aged)}`
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function checksum(text: string): string {
  let rest = crc32(text)
  let encoded = ''
  for (let place = 0; place < 6; place += 1) {
    encoded = `${digits[rest % 62]}${encoded}`
    rest = Math.floor(rest / 62)
  }
  return encoded
}
