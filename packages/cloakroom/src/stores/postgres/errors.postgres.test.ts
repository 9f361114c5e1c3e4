import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { usersDatabase } from '../../../test/postgres-users.ts'
import { CloakroomError } from '../../errors.ts'
import { begin, hexOf, newSession } from '../../testing/store-cases/session-rows.ts'

const clock = Date.now
const drivers = ['pg', 'postgres.js'] as const

describe('errors of PostgreSQL', () => {
  for (const driver of drivers) {
    test(`keep code and message, and nothing of a statement or a row, with ${driver}`, async (t) => {
      const database = await usersDatabase(t)
      const store = await database.store({ driver })
      const { id } = await begin({ clock, store }, 1)
      const wanted = newSession({ clock }, 1, { id, data: '{"private":"words"}' })
      const error = await store.create(wanted).catch((error) => error)
      assert(error instanceof CloakroomError)
      assert.equal(error.code, 'store_unavailable')
      const { cause } = error
      assert(cause instanceof Error && 'code' in cause)
      assert.equal(cause.code, '23505')
      assert.match(cause.message, /cloakroom_sessions_pkey/)
      const shown = inspect(error, { depth: 20, showHidden: true })
      const secrets = [
        ...hexOf([id, wanted.secretHash, wanted.familyHash]),
        'words',
        'insert into',
        'Key (',
      ]
      for (const secret of secrets) assert.ok(!shown.includes(secret), shown)
    })

    test(`leave the connection as it was, where only a statement failed, with ${driver}`, async (t) => {
      const database = await usersDatabase(t)
      const store = await database.store({ driver })
      const { id } = await begin({ clock, store }, 1)
      const cap = {
        limit: 5,
        whenReached: 'refuse',
        idleTimeoutMs: 60_000,
        absoluteTimeoutMs: 60_000,
        nonPersistentTimeoutMs: 60_000,
      } as const
      for (const change of [{ id }, { id, cap }]) {
        await assert.rejects(store.create(newSession({ clock }, 1, change)), {
          code: 'store_unavailable',
        })
      }
      const { rows } = await database.application.query(
        `select state from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()`,
        [database.schema],
      )
      assert.ok(rows.length > 0)
      assert.ok(
        rows.every(({ state }) => state === 'idle'),
        'none is in a transaction',
      )
    })
  }
})
