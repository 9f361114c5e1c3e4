import { type Random, seededRandom } from '../measuring/random.ts'

/** Who is signed in: the same for every target. */
export interface Workload {
  /** Users have the numbers from 1 to this. */
  readonly users: number
  /** The user of each session. */
  readonly owners: Int32Array
  readonly random: Random
}

const sessionsPerUser = 20

export function makeWorkload(sessions: number, seed: number): Workload {
  const random = seededRandom(seed)
  const users = Math.max(1, Math.round(sessions / sessionsPerUser))
  return { users, owners: Int32Array.from({ length: sessions }, () => 1 + random(users)), random }
}

export function emailOf(user: number): string {
  return `person.${user}@example.com`
}

export function nameOf(user: number): string {
  return `Person ${user}`
}
