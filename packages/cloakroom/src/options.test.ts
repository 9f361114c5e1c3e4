import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { checkIssuerOptions } from './access-tokens/issuer-options.ts'
import { checkVerifierOptions } from './access-tokens/verifier-options.ts'
import { leasedCache } from './cache/leased-cache.ts'
import { shortestTouchInterval } from './core/policy.ts'
import type { StoreFactory } from './core/store.ts'
import type { UsersLoader } from './core/user.ts'
import { type CloakroomOptions, checkOptions } from './options.ts'
import { memory } from './stores/memory.ts'
import { mysql } from './stores/mysql/index.ts'
import { postgres } from './stores/postgres/index.ts'
import { sqlite } from './stores/sqlite/index.ts'
import { valkey } from './stores/valkey/index.ts'

const required = {
  origin: 'https://app.example',
  store: memory() as StoreFactory,
  users: { load: () => undefined } satisfies UsersLoader,
}

function check(change: Record<string, unknown> = {}) {
  return checkOptions({ ...required, ...change } as CloakroomOptions)
}

/** Whether it is a TypeError that begins with the name of the option. */
function names(option: string): (error: unknown) => boolean {
  return (error) => error instanceof TypeError && error.message.startsWith(option)
}

describe('options that nothing reads', () => {
  test('are refused, with those that there are, so that no misspelt one is ignored', () => {
    // As from JavaScript, and as TypeScript lets variables through.
    const handle = {} as never
    const wrong = { misspelt: true } as object
    const cases: [string, () => unknown][] = [
      [
        'cloakroom() has no option misspelt: it takes origin, store, users,',
        () => check(wrong as never),
      ],
      ['cookie has no option', () => check({ cookie: wrong })],
      ['maxSessionsPerUser has no option', () => check({ maxSessionsPerUser: wrong })],
      ['users has no option', () => check({ users: { ...required.users, ...wrong } })],
      ['memory() has no option', () => memory(wrong)],
      ['sqlite() has no option', () => sqlite(handle, wrong)],
      ['feed has no option', () => sqlite(handle, { feed: wrong })],
      ['postgres() has no option', () => postgres(handle, wrong)],
      ['feed has no option', () => postgres(handle, { feed: wrong })],
      ['mysql() has no option', () => mysql(handle, wrong)],
      ['feed has no option', () => mysql(handle, { feed: wrong })],
      ['valkey() has no option', () => valkey(handle, wrong)],
      ['feed has no option', () => valkey(handle, { feed: wrong })],
      ['leasedCache() has no option', () => leasedCache(wrong)],
      ['issueAccessTokens() has no option', () => checkIssuerOptions(wrong as never)],
      ['verifyAccessTokens() has no option', () => checkVerifierOptions(wrong as never)],
      [
        'revokedSessions has no option',
        () =>
          checkVerifierOptions({
            issuer: 'https://id.example',
            audience: 'a',
            revokedSessions: wrong as never,
          }),
      ],
    ]
    for (const [message, given] of cases) assert.throws(given, names(message), message)
  })
})

describe('options: defaults', () => {
  test('are what the documentation of each says', () => {
    const settings = check()
    assert.deepEqual(settings.policy, {
      idleTimeoutMs: 604_800_000,
      absoluteTimeoutMs: 2_592_000_000,
      nonPersistentTimeoutMs: 86_400_000,
      stepUpMs: 600_000,
      touchIntervalMs: 3_600_000,
      maxClockSkewMs: 60_000,
    })
    assert.equal(settings.pruneIntervalMs, 3_600_000)
    assert.equal(settings.cap, undefined)
    assert.equal(settings.tokenPrefix, 'cloak_')
    assert.equal(settings.userIdType, 'text')
    assert.deepEqual(settings.transports, ['cookie'])
    assert.equal(settings.clock, Date.now)
  })

  test('the touch interval is a hundredth of the idle timeout, within bounds', () => {
    for (const [idleTimeoutSeconds, expected] of [
      [60, 15],
      [240, 60],
      [3600, 60],
      [20_000, 200],
      [400 * 86_400, 3600],
    ]) {
      const { policy } = check({ idleTimeoutSeconds })
      assert.equal(policy.touchIntervalMs, Number(expected) * 1000)
    }
  })

  test('what was checked cannot be changed afterwards', () => {
    const transports = ['cookie', 'bearer']
    const maxSessionsPerUser = { limit: 3, whenReached: 'refuse' }
    const settings = check({ transports, maxSessionsPerUser })
    transports.pop()
    maxSessionsPerUser.limit = 1_000_000
    assert.deepEqual(settings.transports, ['cookie', 'bearer'])
    assert.equal(settings.cap?.limit, 3)
    for (const each of [settings, settings.policy, settings.cap, settings.transports]) {
      assert(Object.isFrozen(each))
    }
  })
})

describe('options: ranges', () => {
  const ranges: Readonly<Record<string, readonly [number, number]>> = {
    idleTimeoutSeconds: [60, 34_560_000],
    absoluteTimeoutSeconds: [60, 34_560_000],
    nonPersistentTimeoutSeconds: [60, 34_560_000],
    stepUpSeconds: [1, 86_400],
    touchIntervalSeconds: [1, 151_200],
    maxClockSkewSeconds: [1, 3600],
    pruneIntervalSeconds: [60, 86_400],
  }
  for (const [option, [least, most]] of Object.entries(ranges)) {
    test(`${option} is a number from ${least} to ${most}`, () => {
      for (const value of [least, most, undefined]) check({ [option]: value })
      const wrong = [least - 0.001, most + 0.001, 0, -1, Number.NaN, Number.POSITIVE_INFINITY]
      for (const value of [...wrong, '600', 600n, true, new Date(), {}, [600]]) {
        assert.throws(() => check({ [option]: value }), names(option), String(value))
      }
    })
  }

  test('the touch interval is at most a quarter of the idle timeout', () => {
    const idleTimeoutSeconds = 60
    check({ idleTimeoutSeconds, touchIntervalSeconds: 15 })
    assert.throws(
      () => check({ idleTimeoutSeconds, touchIntervalSeconds: 15.1 }),
      names('touchIntervalSeconds'),
    )
  })

  test('pruneIntervalSeconds may be false, and no other may', () => {
    assert.equal(check({ pruneIntervalSeconds: false }).pruneIntervalMs, false)
    for (const option of Object.keys(ranges)) {
      if (option === 'pruneIntervalSeconds') continue
      assert.throws(() => check({ [option]: false }), names(option))
    }
  })

  test('times are whole milliseconds, whatever the options: databases take no others', () => {
    const odd = 1234.56789
    const { policy, pruneIntervalMs } = check({
      idleTimeoutSeconds: 10 * odd,
      absoluteTimeoutSeconds: odd,
      nonPersistentTimeoutSeconds: odd,
      stepUpSeconds: odd,
      touchIntervalSeconds: odd,
      maxClockSkewSeconds: odd,
      pruneIntervalSeconds: odd,
    })
    const all = [...Object.values(policy), pruneIntervalMs, shortestTouchInterval(policy)]
    for (const time of all) assert(Number.isInteger(time), String(time))
    assert.equal(policy.absoluteTimeoutMs, 1_234_568)
  })
})

describe('options: the others', () => {
  const wrong: Readonly<Record<string, readonly unknown[]>> = {
    origin: [
      undefined,
      null,
      '',
      'app.example',
      'https://app.example/',
      'https://app.example/path',
      'https://app.example:443',
      'https://APP.example',
      'https://user@app.example',
      'ftp://app.example',
      'null',
      'http://app.example',
      new URL('https://app.example'),
    ],
    store: [undefined, null, {}, memory],
    users: [undefined, null, 'users', {}, { load: 'users' }, { table: 'users' }],
    data: [{}, null, { '~standard': {} }, () => true],
    maxSessionsPerUser: [
      {},
      { limit: 0, whenReached: 'refuse' },
      { limit: 10_001, whenReached: 'refuse' },
      { limit: 1.5, whenReached: 'refuse' },
      { limit: '3', whenReached: 'refuse' },
      { limit: 3 },
      { limit: 3, whenReached: 'end_newest' },
    ],
    tokenPrefix: ['x'.repeat(21), 'cloak-', 'cloak ', 'é', 'a.b', 'cloak_\n', '%'],
    transports: [[], ['header'], ['cookie', 'query']],
    onError: ['log', {}],
    clock: [0, new Date()],
  }
  for (const [option, values] of Object.entries(wrong)) {
    test(`a bad ${option} is a TypeError that names it`, () => {
      for (const value of values) {
        assert.throws(() => check({ [option]: value }), names(option), String(value))
      }
    })
  }

  test('a misspelt name within the users option is refused, and not left out', () => {
    const id = { type: 'bigint' }
    for (const [users, expected] of [
      [{ table: 'users', id, activ: 'not banned' }, /users has no option activ: it takes table, /],
      [{ table: 'users', id: { ...id, colum: 'key' } }, /users\.id has no option colum: /],
      [
        { table: 'users', id, select: { name: { type: 'text', nulable: true } } },
        /users\.select\.name has no option nulable: /,
      ],
    ] as const) {
      assert.throws(() => check({ users }), { name: 'TypeError', message: expected })
    }
  })

  test('the type of user ids is that of the users option', () => {
    const typed = (users: unknown) => check({ users }).userIdType
    assert.equal(typed({ table: 'users', id: { type: 'bigint' } }), 'bigint')
    assert.equal(typed({ table: 'app.users', id: { type: 'uuid', column: 'key' } }), 'uuid')
    assert.equal(typed({ load: () => undefined, idType: 'integer' }), 'integer')
    for (const users of [
      { table: 'users', id: { type: 'string' } },
      { table: 'users', id: {} },
      { load: () => undefined, idType: 'number' },
    ]) {
      assert.throws(() => typed(users), names('users'))
    }
  })

  test('a cap counts by the timeouts of the policy', () => {
    const maxSessionsPerUser = { limit: 3, whenReached: 'end_oldest' }
    const { cap } = check({ maxSessionsPerUser, idleTimeoutSeconds: 60 })
    assert.deepEqual(cap, {
      ...maxSessionsPerUser,
      idleTimeoutMs: 60_000,
      absoluteTimeoutMs: 2_592_000_000,
      nonPersistentTimeoutMs: 86_400_000,
    })
  })
})

describe('options: onError', () => {
  test('is told of each error', () => {
    const told: unknown[] = []
    const { onError } = check({ onError: (error: unknown) => told.push(error) })
    const errors = [new Error('one'), 'two']
    errors.forEach(onError)
    assert.deepEqual(told, errors)
  })

  test('cannot stop what reports to it, by throwing or by rejecting: that is a warning', async () => {
    const failure = new Error('in onError')
    const failures = [
      () => {
        throw failure
      },
      () => Promise.reject(failure),
    ]
    for (const failing of failures) {
      const warned = once(process, 'warning')
      check({ onError: failing }).onError(new Error('in the background'))
      assert.deepEqual(await warned, [failure])
      await nextTurn()
    }
  })

  test('is a process warning where there is none', async () => {
    const warned = once(process, 'warning')
    check().onError('in the background')
    const [warning] = (await warned) as [Error]
    assert.equal(warning.name, 'CloakroomWarning')
    assert.equal(warning.message, 'in the background')
  })
})
