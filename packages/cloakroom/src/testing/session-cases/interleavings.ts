import assert from 'node:assert/strict'
import { CloakroomError } from '../../errors.ts'
import type { Auth, Fixture } from '../fixture.ts'
import { integerBelow, pick, type Random } from '../random.ts'
import { signInAs } from '../sign-in-as.ts'
import { assertSignedIn } from './outcomes.ts'

export interface Interleaving {
  readonly fixture: Fixture
  readonly processes: readonly Auth[]
  readonly random: Random
  readonly seen: { survived: number; superseded: number; ended: number }
  readonly name: string
}

/** A token, and how many revocations its owner had decided on when its password was checked. */
interface Issued {
  token: string
  readonly id: string
  readonly generation: number
}

/** One step of a request; the scheduler decides what comes between it and the next. */
type Step = () => Promise<void>

/**
 * A history of sign-ins, revocations and slow requests of one user, over several processes, step
 * by step in random order, some steps at the same time. The oracle: whoever checked a password
 * before a revocation was decided on must have no session after it, unless it was the one to keep.
 */
export async function interleave(interleaving: Interleaving): Promise<void> {
  const { fixture, processes, random, seen, name } = interleaving
  const { alice, bob } = fixture
  const issued: Issued[] = []
  const everKept = new Map<number, string>()
  let generation = 0
  let everybody = false
  const process = (): Auth => pick(random, processes)

  function signIn(): Step[] {
    const auth = process()
    let attempt: Awaited<ReturnType<Auth['beginSignIn']>> | undefined
    let checkedIn = 0
    return [
      async () => {
        attempt = await auth.beginSignIn(alice)
      },
      // The check of the password: it passes by what is the password now.
      async () => {
        checkedIn = generation
      },
      async () => {
        try {
          const made = await attempt?.complete()
          if (made) {
            issued.push({ token: made.token, id: made.session.id, generation: checkedIn })
          }
        } catch (error) {
          assert(error instanceof CloakroomError && error.code === 'sign_in_superseded', name)
          seen.superseded += 1
        }
      },
    ]
  }

  function revocation(): Step[] {
    const auth = process()
    const kind = pick(random, ['all', 'all', 'but one', 'but one', 'everybody', 'block'])
    const kept = kind === 'but one' && issued.length > 0 ? pick(random, issued) : undefined
    const decided = async (act: () => Promise<unknown>): Promise<void> => {
      generation += 1
      if (kept !== undefined) everKept.set(generation, kept.id)
      if (kind === 'everybody') everybody = true
      await act()
    }
    if (kind === 'everybody') return [() => decided(() => auth.revoke({ everybody: true }))]
    if (kind === 'block') {
      return [() => decided(() => auth.block(alice)), () => auth.unblock(alice)]
    }
    const except = kept === undefined ? {} : { except: kept.id }
    return [() => decided(() => auth.revoke({ userId: alice, ...except }))]
  }

  function slowRequest(): Step[] {
    const auth = process()
    const session = issued.length > 0 ? pick(random, issued) : undefined
    if (session === undefined) return []
    return [
      async () => {
        await auth.update(session.id, { at: random() })
      },
      async () => {
        const rotated = await auth.rotate(session.token)
        if (rotated) issued.push({ ...session, token: rotated.token })
      },
    ]
  }

  const bystander = await signInAs(process(), bob)
  for (const steps of [signIn(), signIn()]) for (const step of steps) await step()
  const requests = [signIn(), signIn(), revocation(), slowRequest()]
  for (let more = integerBelow(random, 4); more > 0; more -= 1) {
    requests.push(pick(random, [signIn, revocation, slowRequest])())
  }
  await runInterleaved(requests, random)

  const judge = process()
  await judge.unblock(alice)
  const survivors = new Set<string>()
  for (const session of issued) {
    const { status } = await judge.verify(session.token)
    if (status !== 'authenticated') {
      seen.ended += 1
      continue
    }
    seen.survived += 1
    survivors.add(session.id)
    for (let since = session.generation + 1; since <= generation; since += 1) {
      assert.equal(everKept.get(since), session.id, `${name}: it outlived a revocation`)
    }
  }
  // Judged by rows as well: whatever is live is one of those.
  const rows = await fixture.store.list(alice)
  const liveRows = rows.filter(({ session, liveEpoch }) => session.epoch === liveEpoch).length
  assert.equal(liveRows, survivors.size, name)
  if (!everybody) await assertSignedIn(judge, bystander.token, `${name}: the bystander`)
  const fresh = await signInAs(process(), alice)
  await assertSignedIn(judge, fresh.token, `${name}: a sign-in begun after everything`)
  for (const userId of [alice, bob]) await judge.revoke({ userId })
}

/** Takes the requests' steps in random order, one to three at a time. */
async function runInterleaved(requests: Step[][], random: Random): Promise<void> {
  for (;;) {
    const unfinished = requests.filter((steps) => steps.length > 0)
    if (unfinished.length === 0) return
    const running = new Set<Step[]>()
    for (let count = 1 + integerBelow(random, 3); count > 0; count -= 1) {
      running.add(pick(random, unfinished))
    }
    await Promise.all([...running].map((steps) => steps.shift()?.()))
  }
}
