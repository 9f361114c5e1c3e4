import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mintId, parseId } from '../../core/session-id.ts'
import { formatToken, parseToken } from '../../core/token.ts'
import type { Auth, Fixture } from '../fixture.ts'
import { signInAs } from '../sign-in-as.ts'
import type { Cases } from '../store-cases/cases.ts'
import { assertSignedIn, assertSignedOut } from './outcomes.ts'
import { type Call, observed } from './wrapped-store.ts'

const day = 86_400_000

export const tokenCases: Cases = {
  'a token that cannot be live costs no statement: malformed, too old by its id, far in the future':
    async (fixture) => {
      const calls: Call[] = []
      const options = { absoluteTimeoutSeconds: 86_400 }
      const auth = await fixture.auth(options, (store) => {
        return observed(store, (call) => calls.push(call))
      })
      const { token: live } = await signInAs(auth, fixture.alice)
      const minted = (offMs: number) =>
        formatToken('cloak_', {
          id: mintId(fixture.alice, fixture.clock() + offMs),
          secret: randomBytes(32),
        })
      const hopeless = {
        missing: [undefined, ''],
        malformed: [live.slice(1), `${live}0`, live.slice(0, -1), live.toUpperCase(), ` ${live}`],
        expired: [minted(-day - 121_000), minted(-400 * day)],
        unknown: [minted(day + 1000), minted(400 * day)],
      }
      const before = calls.length
      for (const [reason, tokens] of Object.entries(hopeless)) {
        for (const token of tokens) {
          assert.deepEqual(await auth.verify(token), { status: 'anonymous', reason })
          assert.equal(await auth.rotate(token), undefined)
          assert.equal(await auth.stepUp(token, { methods: ['pwd'] }), undefined)
          assert.deepEqual(await auth.signOut(token), [])
          const refused = auth.impersonate(token, fixture.bob)
          await assert.rejects(refused, { code: 'not_authenticated' })
        }
      }
      assert.equal(calls.length, before)
      for (const off of [-day - 60_000, day - 60_000]) await auth.verify(minted(off))
      assert.equal(calls.length, before + 2, 'what could be a token is looked up')
    },

  'a verification is one call of the store': async (fixture) => {
    const calls: Call[] = []
    const auth = await fixture.auth({}, (store) => observed(store, (call) => calls.push(call)))
    const { token } = await signInAs(auth, fixture.alice)
    const anonymous = await auth.createAnonymous()
    for (const each of [token, anonymous.token]) {
      calls.length = 0
      await auth.verify(each)
      assert.deepEqual(
        calls.map(({ verb }) => verb),
        ['find'],
      )
    }
  },

  'the right id with a wrong secret is unknown, and harms nothing': async (fixture) => {
    const auth = await fixture.auth()
    const { token } = await signInAs(auth, fixture.alice)
    const parsed = parseToken('cloak_', token)
    assert(parsed)
    const { id, secret } = parsed
    const guesses = [randomBytes(32), Buffer.alloc(32), Buffer.from(secret).reverse()]
    // The right generation half alone.
    guesses.push(Buffer.concat([randomBytes(16), secret.subarray(16)]))
    for (const guess of guesses) {
      const forged = formatToken('cloak_', { id, secret: guess })
      assert.deepEqual(await auth.verify(forged), { status: 'anonymous', reason: 'unknown' })
      assert.equal(await auth.rotate(forged), undefined)
      assert.deepEqual(await auth.signOut(forged), [])
      await signInAs(auth, fixture.bob, { carried: forged, carryData: true })
    }
    await assertSignedIn(auth, token, 'the session')
  },

  'the right family half with a wrong generation opens nothing: all that it can do is sign out':
    async (fixture) => {
      const auth = await fixture.auth()
      const { token, session } = await signInAs(auth, fixture.alice)
      const parsed = parseToken('cloak_', token)
      assert(parsed)
      const secret = Buffer.concat([parsed.secret.subarray(0, 16), randomBytes(16)])
      const forged = formatToken('cloak_', { id: parsed.id, secret })
      assert.deepEqual(await auth.verify(forged), { status: 'anonymous', reason: 'unknown' })
      assert.equal(await auth.rotate(forged), undefined)
      assert.equal(await auth.stepUp(forged, { methods: ['pwd'] }), undefined)
      await assertSignedIn(auth, token, 'the session')
      assert.deepEqual(await auth.signOut(forged), [session.id])
      await assertSignedOut(auth, token, 'the session', 'unknown')
    },

  'tokens of another prefix are malformed': async (fixture) => {
    const auth = await fixture.auth()
    const elsewhere = await fixture.authElsewhere({ tokenPrefix: 'acme_' })
    const { token } = await signInAs(elsewhere, fixture.alice)
    assert(token.startsWith('acme_'))
    for (const foreign of [token, token.replace('acme_', 'cloak_')]) {
      assert.deepEqual(await auth.verify(foreign), { status: 'anonymous', reason: 'malformed' })
    }
  },

  'a copy of the database lets nobody in: every value that the store ever saw, tried as a token':
    async (fixture) => {
      const seen = new Values()
      const auth = await fixture.auth({}, (store) => observed(store, (call) => seen.add(call)))
      const live: string[] = []
      for (const userId of [fixture.alice, fixture.bob]) {
        const { token } = await signInAs(auth, userId, { data: { note: 'some text' } })
        const rotated = await auth.rotate(token)
        live.push(rotated?.token ?? '')
        await auth.verify(live.at(-1))
        await auth.list(userId)
      }
      assert(seen.bytes.size >= 8, `${seen.bytes.size} values of bytes`)
      let tried = 0
      for (const candidate of candidates(seen)) {
        tried += 1
        await assertUseless(auth, candidate, fixture)
      }
      assert(tried > 500, `${tried} tokens tried`)
      for (const token of live) await assertSignedIn(auth, token, 'the real session')
    },
}

/** All texts, numbers and bytes within whatever is added. */
class Values {
  readonly texts: Set<string> = new Set()
  readonly bytes: Set<string> = new Set()

  add(value: unknown): void {
    if (value instanceof Uint8Array) this.bytes.add(Buffer.from(value).toString('hex'))
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(this.addEach)
    else this.texts.add(String(value))
  }

  private readonly addEach = (value: unknown): void => this.add(value)
}

function* candidates({ texts, bytes }: Values): Generator<string> {
  const all = [...bytes].map((hex) => Buffer.from(hex, 'hex'))
  for (const value of all) {
    for (const encoding of ['hex', 'base64url', 'base64', 'latin1'] as const) {
      texts.add(value.toString(encoding))
    }
  }
  for (const text of texts) yield* [text, `cloak_${text}`]

  const ids = all.filter(({ byteLength }) => byteLength === 16)
  const halves = all.flatMap((value) => [value.subarray(0, 16), value.subarray(-16)])
  const generations = [...halves, Buffer.alloc(16)]
  for (const id of ids.filter((each) => parseId(toUuid(each)) !== undefined)) {
    for (const family of halves) {
      for (const generation of generations) {
        yield formatToken('cloak_', { id, secret: Buffer.concat([family, generation]) })
      }
    }
  }
}

function toUuid(id: Buffer): string {
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

async function assertUseless(auth: Auth, candidate: string, { bob }: Fixture): Promise<void> {
  const { status, session } = await auth.verify(candidate)
  assert.equal(status, 'anonymous')
  assert.equal(session, undefined)
  assert.deepEqual(await auth.signOut(candidate), [])
  assert.equal(await auth.rotate(candidate), undefined)
  await assert.rejects(auth.impersonate(candidate, bob), { code: 'not_authenticated' })
}
