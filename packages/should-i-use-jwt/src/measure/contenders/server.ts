// The process of one contender: an HTTP server that does nothing but authenticate.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Application, RequestKind } from '../../measuring/application.ts'
import { serveApplication } from '../../measuring/serve-application.ts'
import { openDatabase } from '../databases/open-database.ts'
import { openValkey } from '../databases/open-valkey.ts'
import type { ContenderOptions } from './contender.ts'
import { contenders } from './contenders.ts'

serveApplication(openServer)

async function openServer(options: ContenderOptions): Promise<Application> {
  const entry = contenders.find(({ id }) => id === options.contender)
  if (entry === undefined) throw new Error(`There is no contender ${options.contender}`)
  const { isCounting } = options
  const database = await openDatabase(options.place, { isCounting })
  const valkey = entry.needsValkey && options.valkey
  const opened = valkey && (await openValkey(valkey.url, { isCounting }))
  const contender = await entry.open({
    ...options,
    database,
    client() {
      if (opened) return opened.client
      throw new Error('No Valkey was named')
    },
  })
  const orders = `select id, total from ${database.table('orders')} where user_id = ?`

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = request.headers.authorization?.slice(scheme.length) ?? ''
    if (request.url === '/refresh') {
      const fresh = await contender.refresh?.(token)
      return send(response, fresh === undefined ? 401 : 200, { token: fresh })
    }
    const user = token === '' && entry?.id !== 'open' ? undefined : contender.authenticate(token)
    const id = user instanceof Promise ? await user : user
    if (id === undefined) return send(response, 401, {})
    if (request.url !== '/orders') return send(response, 200, { id })
    send(response, 200, await database.query(orders, [id]))
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => send(response, 500, { error: String(error) }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const tokens = Object.entries(contender.tokens) as [RequestKind, readonly string[]][]
  return {
    port: (server.address() as AddressInfo).port,
    header: 'authorization',
    credentials: Object.fromEntries(
      tokens.map(([kind, values]) => [kind, values.map((value) => value && scheme + value)]),
    ),
    statements: () => database.statements() + (opened ? opened.commands() : 0),
    logOut: (credential) => contender.logOut(credential.slice(scheme.length)),
    async verifyMany(concurrency, milliseconds) {
      const known = contender.tokens.authenticated as readonly string[]
      let verified = 0
      const begin = performance.now()
      const verifySome = async (): Promise<void> => {
        while (performance.now() - begin < milliseconds) {
          await contender.authenticate(known[verified % known.length] as string)
          verified += 1
        }
      }
      await Promise.all(Array.from({ length: concurrency }, verifySome))
      return (verified / (performance.now() - begin)) * 1000
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await contender.close()
      await database.close()
      if (opened) opened.client.disconnect()
    },
  }
}

const scheme = 'Bearer '

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
