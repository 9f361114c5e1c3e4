import { randomBytes } from 'node:crypto'
import { runClientsCommand } from '../../src/commands/clients-command.ts'
import { type Answer, createClient, newUser, password } from '../client.ts'
import { newDatabase } from '../new-database.ts'
import { startService, type TestService, type TestServiceOptions } from '../start-service.ts'

export const orders = 'https://orders.example'
export const billing = 'https://billing.example'
export const audiences = `${orders} orders:read orders:write; ${billing}`

export interface Registered {
  readonly id: string
  /** `undefined`: it is public. */
  readonly secret: string | undefined
}

export interface OAuthService extends TestService {
  /** For a second service on the same database. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Runs `npm start -- clients …`, and gives what it printed. */
  clients(...args: string[]): Promise<string>
  addClient(...args: string[]): Promise<Registered>
  /** Sends a form; with a client that has a secret, by HTTP Basic, else with its `client_id`. */
  send(
    path: string,
    client: Registered | undefined,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
  /** Signs a new user up, and in to a client, with a refresh token. */
  signIn(
    client: Registered,
    email?: string,
  ): Promise<{ token: string; sessionId: string; userId: string; email: string }>
}

let people = 0

/** The service with two audiences. */
export async function startOAuthService(options: TestServiceOptions = {}): Promise<OAuthService> {
  const database = options.database ?? (await newDatabase())
  const environment = {
    AUDIENCES: audiences,
    ...(database.kind !== 'sqlite' && {
      KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64url'),
    }),
    ...options.environment,
  }
  const running = await startService({ ...options, database, environment })
  const { origin } = running

  async function clients(...args: string[]): Promise<string> {
    const [out, errors]: [string[], string[]] = [[], []]
    const code = await runClientsCommand(args, {
      env: { ...database.environment, ...environment },
      stdout: { write: (text) => out.push(text) },
      stderr: { write: (text) => errors.push(text) },
    })
    if (code !== 0) throw new Error(`${code}: ${errors.join('')}`)
    return out.join('')
  }

  function send(
    path: string,
    client: Registered | undefined,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const isPublic = client !== undefined && client.secret === undefined
    return createClient(origin).send('POST', path, {
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(client?.secret !== undefined && { authorization: basic(client.id, client.secret) }),
        ...headers,
      },
      body: new URLSearchParams({ ...form, ...(isPublic && { client_id: client.id }) }).toString(),
    })
  }

  return {
    ...running,
    environment,
    clients,
    send,
    async addClient(...args) {
      const printed = await clients('add', ...args)
      const [, id = ''] = /^CLIENT_ID=(\S+)$/m.exec(printed) ?? []
      return { id, secret: /^CLIENT_SECRET=(\S+)$/m.exec(printed)?.[1] }
    },
    async signIn(client, email) {
      people += 1
      const address = email ?? `person${people}@example.com`
      if (email === undefined) await newUser(origin, address)
      const { secret } = client
      const { status, body, text } = await createClient(origin).post(
        '/api/sign-in',
        { email: address, password, client_id: client.id },
        secret === undefined ? {} : { authorization: basic(client.id, secret) },
      )
      if (status !== 200) throw new Error(`sign-in: ${text}`)
      const { refresh_token: token, session, user } = body
      return { token, sessionId: session.id, userId: user.id, email: address }
    },
    async stop() {
      await running.stop()
      if (options.database === undefined) await database.remove()
    },
  }
}

/** RFC 7617. */
export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}

export function claimsOf(accessToken: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString())
}
