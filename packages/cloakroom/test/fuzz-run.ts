import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { text as readAll } from 'node:stream/consumers'
import { type Cloakroom, cloakroom, type RequestHead } from 'cloakroom'
import { nodeSessions } from 'cloakroom/node'
import { sqlite } from 'cloakroom/sqlite'
import { pick, type Random } from '../src/testing/random.ts'
import { forge, mutate } from './mutate.ts'

type Auth = Cloakroom<{ readonly id: number }>

export interface FuzzReport {
  readonly mutations: number
  /** Header mutations that left exactly one credential in a legal place: accepted, as they must be. */
  readonly harmless: number
  readonly overHttp: number
}

const overHttpEvery = 1000

/**
 * Mutates tokens and headers, and asserts that each is accepted exactly if it is still a legal way
 * to carry the token, judged by a grammar of its own; that nothing throws; and over a real server
 * that nothing is answered with 5xx.
 */
export async function fuzz(
  random: Random,
  mutations: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<FuzzReport> {
  const database = new DatabaseSync(':memory:')
  database.exec('create table users (id integer primary key); insert into users values (1), (2)')
  const auth = await cloakroom({
    origin: 'https://app.example',
    store: sqlite(database, { migrate: true }),
    users: { table: 'users', id: { type: 'integer' } },
    transports: ['cookie', 'bearer'],
  })
  const tokens = await signIn(auth, 100)
  const server = createServer(nodeSessions(auth).required((_, response) => response.end('in')))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo

  let harmless = 0
  let overHttp = 0
  for (let done = 0; done < mutations; done += 1) {
    const token = pick(random, tokens)
    const head = pick(random, shapes)(random, token)
    const legal = carries(head, token)
    const { status } = await auth.http.authenticate(head)
    assert.equal(status === 'authenticated', legal, `${JSON.stringify(head)} was ${status}`)
    if (legal) harmless += 1
    if (done % overHttpEvery === 0) {
      const answer = await sendRaw(port, head)
      assert.match(answer, /^(?:200|400|401|431)?$/, `${JSON.stringify(head)} gave ${answer}`)
      overHttp += 1
    }
    if (done % 100_000 === 0) onProgress(done)
  }

  server.close()
  await auth.close()
  database.close()
  return { mutations, harmless, overHttp }
}

async function signIn(auth: Auth, count: number): Promise<string[]> {
  const tokens: string[] = []
  while (tokens.length < count) {
    const attempt = await auth.beginSignIn(1 + (tokens.length % 2))
    tokens.push((await attempt.complete()).token)
  }
  return tokens
}

const empty: RequestHead = {
  method: 'GET',
  cookie: undefined,
  authorization: undefined,
  origin: undefined,
  secFetchSite: undefined,
  userAgent: undefined,
  ip: undefined,
}

const shapes: readonly ((random: Random, token: string) => RequestHead)[] = [
  (random, token) => ({ ...empty, cookie: `__Host-session=${mutate(random, token)}` }),
  (random, token) => ({ ...empty, cookie: `__Host-session=${forge(random, token)}` }),
  (random, token) => ({ ...empty, authorization: `Bearer ${mutate(random, token)}` }),
  (random, token) => ({ ...empty, authorization: `Bearer ${forge(random, token)}` }),
  (random, token) => ({ ...empty, cookie: mutate(random, `a=b; __Host-session=${token}; c=d`) }),
  (random, token) => ({ ...empty, authorization: mutate(random, `Bearer ${token}`) }),
  (random, token) => ({
    ...empty,
    cookie: mutate(random, `__Host-session=${token}`),
    authorization: mutate(random, `Bearer ${token}`),
  }),
]

/** The grammar again, as one expression each: RFC 6265 §5.4 for the cookie, RFC 6750 §2.1. */
function carries({ cookie = '', authorization = '' }: RequestHead, token: string): boolean {
  const cookies = [...cookie.matchAll(/(?:^|;)[ \t]*__Host-session[ \t]*=([^;]*)/g)]
  const isBearer = /(?:^|,)[ \t]*bearer(?:[ \t,]|$)/i.test(authorization)
  if (cookies.length + Number(isBearer) !== 1) return false
  const [, value = ''] = cookies[0] ?? []
  const bearer = /^bearer +([^ \t]*)[ \t]*$/i.exec(authorization)?.[1]
  return value.replace(/^[ \t]+|[ \t]+$/g, '') === token || bearer === token
}

/** The status of the answer; empty where the server took the bytes for no request at all. */
async function sendRaw(port: number, { cookie, authorization }: RequestHead): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const headers = ['GET / HTTP/1.1', 'Host: app.example', 'Connection: close']
  if (cookie !== undefined) headers.push(`Cookie: ${cookie}`)
  if (authorization !== undefined) headers.push(`Authorization: ${authorization}`)
  socket.end(`${headers.join('\r\n')}\r\n\r\n`)
  const answer = await readAll(socket)
  return /^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? ''
}
