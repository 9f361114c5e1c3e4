import type { Answer, Client } from '../client.ts'
import { CheckFailed } from '../measuring/check-target.ts'
import type { RunningProcess } from './start-process.ts'

/** One way of authenticating the requests of a client. */
export interface Way {
  readonly name: string
  readonly credential: 'cookie' | 'access token'
  /** Whether nothing but its own end ends a credential: there is no point in watching for five minutes. */
  readonly outlivesSession?: true
  /** Where the client signs in, signs out, and gets its access tokens. */
  readonly authority: RunningProcess
  readonly application: RunningProcess
}

export interface SignedIn {
  readonly cookie: string
  readonly sessionId: string
}

export async function signIn({ authority }: Way, client: Client, user: number): Promise<SignedIn> {
  const answer = await client.send('POST', `${authority.url}/sign-in`, { 'x-user': String(user) })
  return parse<SignedIn>(answer)
}

/** Resolves when the end of the session is durable. */
export async function revoke({ authority }: Way, client: Client, sessionId: string): Promise<void> {
  const answer = await client.send('POST', `${authority.url}/revoke`, { 'x-session': sessionId })
  const { revoked } = parse<{ revoked: string[] }>(answer)
  if (!revoked.includes(sessionId)) throw new CheckFailed('Nothing was revoked')
}

/** The header by which the client shows who it is; an access token has to be fetched first. */
export async function credentialOf(
  { credential, authority }: Way,
  client: Client,
  { cookie }: SignedIn,
): Promise<Readonly<Record<string, string>>> {
  if (credential === 'cookie') return { cookie }
  const headers = { cookie, 'sec-fetch-site': 'same-origin' }
  const answer = await client.send('POST', `${authority.url}/token`, headers)
  return { authorization: `Bearer ${parse<{ access_token: string }>(answer).access_token}` }
}

/** Statements that the processes have sent to their database so far. */
export async function countStatements(way: Way, client: Client): Promise<number> {
  let sum = 0
  for (const { url } of [way.authority, way.application]) {
    sum += parse<{ statements: number }>(await client.send('GET', `${url}/statements`)).statements
  }
  return sum
}

function parse<Body>({ status, body }: Answer): Body {
  if (status !== 200) throw new CheckFailed(`A process of the bench answered ${status}: ${body}`)
  return JSON.parse(body) as Body
}
