import { type Client, createClient } from '../client.ts'
import { CheckFailed } from '../measuring/check-target.ts'
import { quantile, sortNumbers } from '../measuring/statistics.ts'
import { countStatements, credentialOf, type SignedIn, type Way } from './way.ts'

/** What one round says of one way. */
export interface RequestRound {
  readonly requestsPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly bytesPerRequest: number
  /** Of both processes, with those of their feeds meanwhile. */
  readonly statementsPerRequest: number
}

/** So many requests, one after the other; before them the client gets what it shows. */
export async function runRequests(
  way: Way,
  client: Client,
  { signedIn, user, requests }: { signedIn: SignedIn; user: number; requests: number },
): Promise<RequestRound> {
  const observer = createClient()
  const expected = JSON.stringify({ user })
  const times: number[] = []
  const statements = await countStatements(way, observer)
  const bytes = client.bytes()
  const begin = performance.now()
  const headers = await credentialOf(way, client, signedIn)
  for (let request = 0; request < requests; request += 1) {
    const before = performance.now()
    const { status, body } = await client.send('GET', `${way.application.url}/`, headers)
    times.push(performance.now() - before)
    if (status !== 200 || body !== expected) {
      throw new CheckFailed(`${way.name}: the answer is ${status} ${body}, not ${expected}`)
    }
  }
  const seconds = (performance.now() - begin) / 1000
  const sent = (await countStatements(way, observer)) - statements
  observer.close()
  const sorted = sortNumbers(times)
  return {
    requestsPerSecond: requests / seconds,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    bytesPerRequest: (client.bytes() - bytes) / requests,
    statementsPerRequest: sent / requests,
  }
}
