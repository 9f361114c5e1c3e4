import { setTimeout as delay } from 'node:timers/promises'
import { type Cloakroom, CloakroomError } from 'cloakroom'
import { integerBelow, pick, type Random } from '../../src/testing/random.ts'
import { forge } from '../mutate.ts'
import { type Ended, forgedToken, type Outcome, readMoment } from './history.ts'
import type { KnownToken, KnownTokens, News } from './known-tokens.ts'
import type { Recorder } from './recorder.ts'

export interface LoadParts {
  readonly auth: Cloakroom<{ readonly id: string }>
  readonly recorder: Recorder
  readonly known: KnownTokens
  readonly random: Random
  /** Distinguishes its numbers from those of other processes. */
  readonly process: number
  /** Not where a failover could undo it. */
  readonly rotates: boolean
  readonly tell: (news: News) => void
  readonly stopping: AbortSignal
}

/** What a sign-in and a rotation give. */
interface Issued {
  readonly token: string
  readonly session: { readonly id: string; readonly userId: string | null }
}

export const users = 100
const lanes = 12
const checksATurn = 20
const pauseMs = 8
const changers = 2
const wantedSessions = 80
const mostUnsettled = 3

/** Verifies, signs in, revokes, blocks and rotates until it is stopped. */
export async function runLoad(parts: LoadParts): Promise<void> {
  const changes = makeChanges(parts)
  await Promise.all([
    ...Array.from({ length: lanes }, () => verifyOn(parts)),
    ...Array.from({ length: changers }, () => changeOn(parts, changes)),
  ])
}

/** A few, and then a turn for the feed: verifications from memory alone would never yield. */
async function verifyOn({ auth, recorder, known, random, stopping, tell }: LoadParts) {
  while (!stopping.aborted) {
    for (let count = 0; count < checksATurn; count += 1) {
      const chosen = known.choose(random)
      if (chosen === undefined) break
      const isForged = random() < 0.01
      const text = isForged ? forge(random, chosen.text) : chosen.text
      const begunAt = readMoment()
      const outcome = await verify(auth, text, chosen)
      const endedAt = readMoment()
      const token = isForged ? forgedToken : chosen.token
      recorder.checked({ token, begunAt, endedAt, outcome })
      if (outcome === 'anonymous' && !isForged) tell({ ended: { token } })
    }
    recorder.flush()
    await delay(pauseMs)
  }
}

async function verify(
  auth: LoadParts['auth'],
  text: string,
  { sessionId, user }: KnownToken,
): Promise<Outcome> {
  try {
    const result = await auth.verify(text)
    if (result.status === 'anonymous') return 'anonymous'
    const isRight = result.session.id === sessionId && result.user.id === nameOf(user)
    return isRight ? 'accepted' : 'mistaken'
  } catch (error) {
    if (isUnavailable(error)) return 'unavailable'
    throw error
  }
}

type Changes = ReturnType<typeof makeChanges>

async function changeOn({ known, random, stopping }: LoadParts, changes: Changes): Promise<void> {
  while (!stopping.aborted) {
    const isShort = known.live.length < wantedSessions
    const change = isShort && random() < 0.85 ? changes.signIn : pick(random, changes.others)
    await change().catch((error: unknown) => {
      if (!isUnavailable(error)) throw error
    })
    await delay(5 + integerBelow(random, 35))
  }
}

function makeChanges({ auth, recorder, known, random, process, rotates, tell }: LoadParts) {
  let tokens = 0
  let unsettled = 0

  function issue(issued: Issued, begunAt: number, of?: KnownToken) {
    tokens += 1
    const token = process * 1_000_000 + tokens
    const { session = token, user = Number(issued.session.userId) } = of ?? {}
    recorder.issued(token, session, user, begunAt)
    const sessionId = issued.session.id
    tell({ issued: { token, session, user, text: issued.token, sessionId } })
  }

  async function end(
    of: Ended,
    work: () => Promise<unknown>,
    { isSettled = false }: { isSettled?: boolean } = {},
  ): Promise<void> {
    const acknowledge = recorder.ending(of, isSettled)
    await work()
    acknowledge()
    tell({ ended: of })
  }

  async function signIn(): Promise<void> {
    const user = integerBelow(random, users)
    const begunAt = readMoment()
    try {
      const attempt = await auth.beginSignIn(nameOf(user))
      issue(await attempt.complete(), begunAt)
    } catch (error) {
      // Blocked, maybe by a process that was killed then.
      if (!(error instanceof CloakroomError && error.code === 'sign_in_superseded')) throw error
      await auth.unblock(nameOf(user))
    }
  }

  async function revokeSession(isSettled = false): Promise<void> {
    const chosen = known.chooseLive(random)
    if (chosen === undefined) return
    const { session, sessionId } = chosen
    await end({ session }, () => auth.revoke({ sessionId }, { settled: isSettled }), { isSettled })
  }

  /** Goes on behind the others, since it takes as long as the lease. */
  async function settle(): Promise<void> {
    if (unsettled >= mostUnsettled) return
    unsettled += 1
    revokeSession(true)
      .catch((error: unknown) => {
        if (!isUnavailable(error)) throw error
      })
      .finally(() => {
        unsettled -= 1
      })
  }

  async function signOut(): Promise<void> {
    const chosen = known.chooseLive(random)
    if (chosen !== undefined) {
      await end({ session: chosen.session }, () => auth.signOut(chosen.text))
    }
  }

  async function revokeUser(): Promise<void> {
    const { user } = known.chooseLive(random) ?? {}
    if (user !== undefined) await end({ user }, () => auth.revoke({ userId: nameOf(user) }))
  }

  async function block(): Promise<void> {
    const { user } = known.chooseLive(random) ?? {}
    if (user === undefined) return
    await end({ user }, () => auth.block(nameOf(user)))
    await delay(integerBelow(random, 50))
    await auth.unblock(nameOf(user))
  }

  async function rotate(): Promise<void> {
    const chosen = known.chooseLive(random)
    if (chosen === undefined) return
    const { token } = chosen
    const begunAt = readMoment()
    const acknowledge = recorder.ending({ token })
    const rotated = await auth.rotate(chosen.text)
    if (rotated === undefined) return
    acknowledge()
    issue(rotated, begunAt, chosen)
    tell({ ended: { token } })
  }

  const others = [revokeSession, settle, signOut, revokeUser, block, signIn]
  if (rotates) others.push(rotate, rotate)
  return { signIn, others }
}

export function nameOf(user: number): string {
  return String(user)
}

function isUnavailable(error: unknown): boolean {
  return error instanceof CloakroomError && error.code === 'store_unavailable'
}
