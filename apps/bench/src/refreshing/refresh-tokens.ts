import type { Client } from '../client.ts'
import { CheckFailed } from '../measuring/check-target.ts'
import { quantile, sortNumbers } from '../measuring/statistics.ts'
import type { ServiceProcess } from './start-service.ts'

const address = 'bench@example.com'
const password = 'a long enough passphrase'

export interface RefreshFigures {
  readonly refreshesPerSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** So many sessions of the service's client, all of one user. Returns their refresh tokens. */
export async function signInToClient(
  { origin, clientId }: ServiceProcess,
  client: Client,
  sessions: number,
): Promise<string[]> {
  const post = (path: string, body: object) =>
    client.send('POST', origin + path, { 'content-type': 'application/json' }, JSON.stringify(body))
  const { status } = await post('/api/sign-up', { email: address, password })
  if (status !== 201) throw new CheckFailed(`The service answered ${status} to a sign-up`)
  const tokens: string[] = []
  while (tokens.length < sessions) {
    const answer = await post('/api/sign-in', { email: address, password, client_id: clientId })
    if (answer.status !== 200) {
      throw new CheckFailed(`The service answered ${answer.status} to a sign-in`)
    }
    tokens.push((JSON.parse(answer.body) as { refresh_token: string }).refresh_token)
  }
  return tokens
}

/**
 * Refreshes each token once, so many at once. Returns the tokens that took their place.
 * @throws {CheckFailed} if one was replaced that should not have been, or the other way round
 */
export async function refreshAll(
  { origin, clientId }: ServiceProcess,
  client: Client,
  tokens: readonly string[],
  { concurrency, areReplaced }: { concurrency: number; areReplaced: boolean },
): Promise<{ figures: RefreshFigures; tokens: string[] }> {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const next: string[] = []
  const times: number[] = []
  let position = 0

  async function refreshSome(): Promise<void> {
    while (position < tokens.length) {
      const at = position
      position += 1
      const shown = tokens[at] as string
      const body = `grant_type=refresh_token&client_id=${clientId}&refresh_token=${shown}`
      const before = performance.now()
      const answer = await client.send('POST', `${origin}/oauth/token`, form, body)
      times.push(performance.now() - before)
      if (answer.status !== 200) throw new CheckFailed(`A refresh was answered ${answer.status}`)
      const { refresh_token: token } = JSON.parse(answer.body) as { refresh_token: string }
      if ((token !== shown) !== areReplaced) {
        throw new CheckFailed(`A refresh token was ${areReplaced ? 'not ' : ''}replaced`)
      }
      next[at] = token
    }
  }

  const begin = performance.now()
  await Promise.all(Array.from({ length: concurrency }, refreshSome))
  const seconds = (performance.now() - begin) / 1000
  const sorted = sortNumbers(times)
  const [p50, p99] = [quantile(sorted, 0.5), quantile(sorted, 0.99)]
  return { figures: { refreshesPerSecond: tokens.length / seconds, p50, p99 }, tokens: next }
}
