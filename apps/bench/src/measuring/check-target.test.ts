import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Target } from '../targets/target.ts'
import { CheckFailed, checkAuthenticates, checkRefuses } from './check-target.ts'

class Refusal extends Error {}

// Users 7 and 8 have a session each; a credential is the user's number.
const owners = Int32Array.of(7, 8)

function targetThat(authenticate: Target<number, number | undefined>['authenticate']): Target {
  return {
    name: 'A target',
    note: '',
    credentials: [7, 8],
    wrong: { 'the number of nobody': 9 },
    authenticate,
    userOf: (answer: number | undefined) => answer,
    isRefusal: (error) => error instanceof Refusal,
    close() {},
  }
}

function refuse(): never {
  throw new Refusal()
}

describe('a target', () => {
  it('passes if it authenticates everybody and refuses by answer or by throwing', async () => {
    const refusals = [() => undefined, async () => undefined, refuse]
    for (const refusal of refusals) {
      const target = targetThat((user) => (user === 9 ? refusal() : user))
      await checkAuthenticates(target, [0, 1], owners)
      await checkRefuses(target)
    }
  })

  it('fails if it answers that somebody is not authenticated', async () => {
    const target = targetThat((user) => (user === 8 ? undefined : user))
    await checkAuthenticates(target, [0], owners)
    await assert.rejects(checkAuthenticates(target, [0, 1], owners), CheckFailed)
  })

  it('fails if it throws its refusal at somebody who is signed in', async () => {
    await assert.rejects(checkAuthenticates(targetThat(refuse), [0], owners), CheckFailed)
  })

  it('fails if it takes a user for another', async () => {
    const target = targetThat(() => 7)
    await assert.rejects(checkAuthenticates(target, [1], owners), CheckFailed)
  })

  it('fails if it lets a wrong credential in', async () => {
    await assert.rejects(checkRefuses(targetThat((user) => user)), CheckFailed)
  })

  it('fails if there is no wrong credential to try', async () => {
    const target = { ...targetThat(() => undefined), wrong: {} }
    await assert.rejects(checkRefuses(target), CheckFailed)
  })

  it('does not pass a breakdown off as a refusal', async () => {
    const breakdown = new TypeError('broken')
    const target = targetThat(() => Promise.reject(breakdown))
    await assert.rejects(checkRefuses(target), breakdown)
  })
})
