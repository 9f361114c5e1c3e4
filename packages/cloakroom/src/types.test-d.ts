// Checked by the compiler alone, and run by nobody: what `user`, `data` and ids are follows from the
// options, exactly, without type arguments.
import type { DatabaseSync } from 'node:sqlite'
import * as v from 'valibot'
import { issueAccessTokens, verifyAccessTokens } from './access-tokens/index.ts'
import { type Cloakroom, cloakroom, type JsonObject, type UsersTable } from './index.ts'
import { memory } from './stores/memory.ts'
import { sqlite } from './stores/sqlite/index.ts'
import { signInAs } from './testing/index.ts'

type Equals<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Compiles only where both types are the same. */
declare function same<A, B>(proof: Equals<A, B>): void

type UserOf<Auth> = Auth extends Cloakroom<infer User, infer _Data, infer _Input> ? User : never
type DataOf<Auth> = Auth extends Cloakroom<infer _User, infer Data, infer _Input> ? Data : never
type InputOf<Auth> = Auth extends Cloakroom<infer _User, infer _Data, infer Input> ? Input : never

declare const handle: DatabaseSync
const origin = 'https://app.example'
const store = sqlite(handle)

export async function userIds(): Promise<void> {
  const text = await cloakroom({ origin, store, users: { table: 'users', id: { type: 'text' } } })
  same<UserOf<typeof text>, { readonly id: string }>(true)
  const uuid = await cloakroom({ origin, store, users: { table: 'users', id: { type: 'uuid' } } })
  same<UserOf<typeof uuid>, { readonly id: string }>(true)
  const bigint = await cloakroom({
    origin,
    store,
    users: { table: 'users', id: { column: 'user_id', type: 'bigint' } },
  })
  same<UserOf<typeof bigint>, { readonly id: string }>(true)
  const integer = await cloakroom({
    origin,
    store,
    users: { table: 'users', id: { type: 'integer' }, active: 'not banned' },
  })
  same<UserOf<typeof integer>, { readonly id: number }>(true)

  await text.beginSignIn('12')
  // @ts-expect-error: a text id is no number
  await text.beginSignIn(12)
  await integer.beginSignIn(12)
  // @ts-expect-error: an integer id is no string
  await integer.beginSignIn('12')
  // @ts-expect-error: a bigint id is a string at the API
  await bigint.beginSignIn(12n)
  // @ts-expect-error
  await integer.block('12')
  // @ts-expect-error
  await integer.list('12')
  // @ts-expect-error
  await integer.revoke({ userId: '12' })
  // @ts-expect-error
  await integer.impersonate('token', '12')
  // @ts-expect-error
  integer.resumeSignIn({ userId: '12', epoch: 0 })

  const { session, user } = await signInAs(integer, 12)
  same<typeof user, { readonly id: number }>(true)
  same<typeof session.userId, number | null>(true)
  same<typeof session.impersonatorId, number | null>(true)
}

export async function selectedColumns(): Promise<void> {
  const auth = await cloakroom({
    origin,
    store,
    users: {
      table: 'users',
      id: { type: 'uuid' },
      select: {
        email: 'text',
        admin: 'boolean',
        visits: 'integer',
        balance: 'bigint',
        score: 'real',
        team: 'uuid',
        name: { column: 'display_name', type: 'text' },
        phone: { type: 'text', nullable: true },
        verified: { type: 'boolean', nullable: true },
        age: { type: 'integer', nullable: false },
      },
    },
  })
  type Expected = {
    readonly id: string
    readonly email: string
    readonly admin: boolean
    readonly visits: number
    readonly balance: string
    readonly score: number
    readonly team: string
    readonly name: string
    readonly phone: string | null
    readonly verified: boolean | null
    readonly age: number
  }
  same<UserOf<typeof auth>, Expected>(true)

  const verification = await auth.verify('token')
  // @ts-expect-error: not before the status is known
  verification.user
  if (verification.status === 'authenticated') {
    same<typeof verification.user, Expected>(true)
    // @ts-expect-error: a snapshot
    verification.user.admin = true
    // @ts-expect-error: not selected
    verification.user.password_hash
  } else if (verification.session !== undefined) {
    same<typeof verification.reason, 'not_signed_in'>(true)
    same<typeof verification.session.data, JsonObject>(true)
  }
  const attempt = await auth.beginSignIn('01890a5d-ac96-774b-bcce-b302099a8057')
  const issued = await attempt.complete()
  same<typeof issued.user, Expected>(true)
  const rotated = await auth.rotate(issued.token)
  same<NonNullable<typeof rotated>['user'], Expected | undefined>(true)
  const steppedUp = await auth.stepUp(issued.token, { methods: ['pwd'] })
  same<NonNullable<typeof steppedUp>['user'], Expected>(true)
}

export async function wrongColumns(): Promise<void> {
  // The store is refused as well, because then nothing is known of the users.
  await cloakroom({
    origin,
    // @ts-expect-error
    store,
    users: {
      table: 'users',
      id: { type: 'uuid' },
      // @ts-expect-error: no type of a column
      select: { email: 'varchar' },
    },
  })
  await cloakroom({
    origin,
    // @ts-expect-error
    store,
    // @ts-expect-error: no type of an id
    users: { table: 'users', id: { type: 'serial' } },
  })
  // @ts-expect-error: no id
  await cloakroom({ origin, store, users: { table: 'users' } })
}

export async function aTableOfWhoseColumnsNothingIsKnown(users: UsersTable): Promise<void> {
  const auth = await cloakroom({ origin, store, users })
  same<UserOf<typeof auth>['id'], string | number>(true)
}

export async function loaders(): Promise<void> {
  interface Account {
    id: number
    email: string
    roles: string[]
  }
  const accounts = new Map<number, Account>()

  const synchronous = await cloakroom({
    origin,
    store: memory(),
    users: { idType: 'integer', load: (id: number) => accounts.get(id) },
  })
  same<UserOf<typeof synchronous>, Account>(true)
  await synchronous.beginSignIn(12)
  // @ts-expect-error: its ids are numbers
  await synchronous.beginSignIn('12')

  const asynchronous = await cloakroom({
    origin,
    store: memory(),
    users: {
      async load(
        id: string,
      ): Promise<{ readonly id: string; readonly admin: boolean } | undefined> {
        return { id, admin: false }
      },
    },
  })
  same<UserOf<typeof asynchronous>, { readonly id: string; readonly admin: boolean }>(true)

  const always = await cloakroom({
    origin,
    store: memory(),
    users: { load: async (id: string) => ({ id, name: 'Alice' }) },
  })
  same<UserOf<typeof always>, { id: string; name: string }>(true)

  await cloakroom({
    origin,
    // @ts-expect-error
    store: memory(),
    // @ts-expect-error: a user has an id
    users: { load: () => ({ name: 'Alice' }) },
  })
  await cloakroom({
    origin,
    // @ts-expect-error
    store: memory(),
    // @ts-expect-error: nobody is undefined, and not null
    users: { load: () => null },
  })
}

export async function storesAndUsersThatDoNotGoTogether(): Promise<void> {
  await cloakroom({
    origin,
    // @ts-expect-error: sqlite joins a table
    store,
    users: { load: (id: string) => ({ id }) },
  })
  await cloakroom({
    origin,
    // @ts-expect-error: memory has no tables
    store: memory(),
    users: { table: 'users', id: { type: 'text' } },
  })
}

export async function dataWithoutASchema(): Promise<void> {
  const auth = await cloakroom({ origin, store, users: { table: 'users', id: { type: 'text' } } })
  same<DataOf<typeof auth>, JsonObject>(true)
  same<InputOf<typeof auth>, JsonObject>(true)
  const attempt = await auth.beginSignIn('12')
  const { session } = await attempt.complete({ data: { cart: [1, { a: null }] } })
  // @ts-expect-error: a Date is not JSON
  await attempt.complete({ data: { at: new Date() } })
  // @ts-expect-error: nor is a function
  await attempt.complete({ data: { at: () => 1 } })
  // @ts-expect-error: an object, not a list
  await attempt.complete({ data: [1] })
  // @ts-expect-error: a snapshot
  session.data = {}
  // @ts-expect-error: in all its parts
  session.data.cart = []
  await auth.update(session.id, { cart: [] })
  await auth.update(session.id, (data) => ({ ...data, count: 1 }))
  // @ts-expect-error: not JSON
  await auth.update(session.id, { at: new Date() })
  // @ts-expect-error: not JSON
  await auth.update(session.id, () => ({ at: 1n }))
}

export async function dataWithASchema(): Promise<void> {
  const schema = v.object({
    theme: v.optional(v.picklist(['dark', 'light']), 'light'),
    visits: v.pipe(v.string(), v.transform(Number)),
  })
  const auth = await cloakroom({
    origin,
    store,
    users: { table: 'users', id: { type: 'text' } },
    data: schema,
  })
  type Input = { theme?: 'dark' | 'light' | undefined; visits: string }
  type Output = { theme: 'dark' | 'light'; visits: number }
  same<DataOf<typeof auth>, Output>(true)
  same<InputOf<typeof auth>, Input>(true)

  const attempt = await auth.beginSignIn('12')
  const { session } = await attempt.complete({ data: { visits: '7' } })
  same<typeof session.data, Output>(true)
  // @ts-expect-error: what goes in is the schema's input
  await attempt.complete({ data: { visits: 7 } })
  // @ts-expect-error: a required property is missing
  await attempt.complete({ data: { theme: 'dark' } })
  // @ts-expect-error: no such theme
  await auth.createAnonymous({ data: { theme: 'blue', visits: '7' } })
  await auth.update(session.id, { theme: 'dark' })
  // @ts-expect-error: a patch is of the input too
  await auth.update(session.id, { visits: 7 })
  await auth.update(session.id, (data) => {
    same<typeof data, Output>(true)
    return { visits: String(data.visits + 1) }
  })
  // @ts-expect-error: so is what a function returns
  await auth.update(session.id, (data) => data)
  // @ts-expect-error: a snapshot
  session.data = { theme: 'dark', visits: 1 }

  const [listed] = await auth.list('12')
  same<NonNullable<typeof listed>['data'], Output>(true)
  const { session: anonymous } = await auth.createAnonymous({ data: { visits: '0' } })
  same<typeof anonymous.data, Output>(true)
  await signInAs(auth, '12', { data: { visits: '7' } })
  // @ts-expect-error
  await signInAs(auth, '12', { data: { visits: 7 } })
}

export async function revocations(maybe: string | undefined): Promise<void> {
  const auth = await cloakroom({ origin, store, users: { table: 'users', id: { type: 'text' } } })
  await auth.revoke({ everybody: true })
  await auth.revoke({ sessionId: 'id', userId: '12' })
  await auth.revoke({ userId: '12', except: 'id' })
  // @ts-expect-error: an owner that may be missing would let the session of anybody end
  await auth.revoke({ sessionId: 'id', userId: maybe })
  // @ts-expect-error: an exception that may be missing would end all
  await auth.revoke({ userId: '12', except: maybe })
  // @ts-expect-error: not by mistake
  await auth.revoke({ everybody: false })
  // @ts-expect-error: nothing is selected
  await auth.revoke({})
}

export async function accessTokens(keyEncryptionKey: string | undefined): Promise<void> {
  const auth = await cloakroom({
    origin,
    store,
    users: { table: 'users', id: { type: 'integer' }, select: { email: 'text' } },
  })
  const options = { auth, issuer: origin, keyEncryptionKey }
  const audiences = { 'https://orders.example': { scopes: ['read'] } }
  const issuer = await issueAccessTokens({ ...options, audiences, userClaims: ['email'] })
  // @ts-expect-error: no property of user
  await issueAccessTokens({ ...options, audiences, userClaims: ['phone'] })

  const verification = await auth.verify('token')
  // @ts-expect-error: nobody may be signed in
  await issuer.mint(verification, { audience: 'https://orders.example' })
  if (verification.status !== 'authenticated') return
  await issuer.mint(verification, { audience: 'https://orders.example', scope: 'read' })
  // @ts-expect-error: not one of the audiences
  await issuer.mint(verification, { audience: 'https://billing.example' })

  const audience = 'https://orders.example'
  const text = await verifyAccessTokens({ issuer: origin, audience }).verify('token')
  if (text.status === 'authenticated') same<typeof text.identity.userId, string>(true)
  const integers = verifyAccessTokens({ issuer: origin, audience, userIdType: 'integer' })
  const integer = await integers.verify('token', { scopes: ['read'] })
  if (integer.status === 'authenticated') same<typeof integer.identity.userId, number>(true)
}
