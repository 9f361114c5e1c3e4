import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { explore } from './explore.ts'
import type { Sabotage } from './model.ts'

describe('the protocol of the lease, in every order of events', () => {
  it('never accepts a session that was revoked longer ago than the lease', (t) => {
    const { worlds, violation } = explore()
    t.diagnostic(`${worlds} worlds`)
    assert.equal(violation, undefined)
    assert(worlds > 1000)
  })

  const sabotages: Record<Sabotage, string> = {
    ticket: 'an answer is kept although something was heard while it was read',
    lease: 'the lease counts from the end of the round trip',
    generation: 'entries and reads of before a loss live on after it',
    feed: 'a round trip confirms although nobody listens',
  }
  for (const [sabotage, meaning] of Object.entries(sabotages)) {
    it(`would not hold if ${meaning}`, (t) => {
      const { violation } = explore(sabotage as Sabotage)
      assert(violation !== undefined)
      t.diagnostic(violation.join(' → '))
    })
  }
})
