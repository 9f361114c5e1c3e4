// A service that takes access tokens and hears of sessions that end, so that it refuses their tokens at
// once, still without asking anybody about any of them. For what is sensitive it wants the password to
// have been checked lately (RFC 9470).
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyAccessTokens } from 'cloakroom/access-tokens'

const { ISSUER: issuer = 'http://localhost:3000', PORT = '3002' } = process.env
const { CLIENT_ID = '', CLIENT_SECRET = '' } = process.env

const tokens = verifyAccessTokens({
  issuer,
  audience: 'https://billing.example',
  userIdType: 'uuid',
  revokedSessions: {
    url: `${issuer}/oauth/ended-sessions`,
    authorization: `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}`,
    // This example's database is an SQLite file, of which nobody can say what others changed in it:
    // each write would put all tokens in doubt. On a server leave this out.
    whenInDoubt: 'accept',
  },
})

const server = createServer(async (request, response) => {
  const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const required =
    request.method === 'POST'
      ? { scopes: ['invoices:pay'], maxAuthenticationAgeSeconds: 600 }
      : { scopes: ['invoices:read'] }
  try {
    const verification = await tokens.verify(token, required)
    if (verification.status === 'authenticated') {
      const { userId, id } = verification.identity
      return answer(response, 200, { invoices: ['one coat, kept'], userId, sessionId: id })
    }
    const { reason } = verification
    if (verification.status === 'refused') {
      return refuse(response, reason === 'insufficient_scope' ? 403 : 401, reason)
    }
    return refuse(response, 401, reason === 'missing' ? undefined : 'invalid_token')
  } catch {
    // The keys cannot be read, or nothing is heard: nobody is let through for that.
    return answer(response, 503, { error: 'temporarily_unavailable' })
  }
})

function refuse(response: ServerResponse, status: number, error: string | undefined): void {
  // RFC 6750 §3.
  const because = error === undefined ? '' : `, error="${error}"`
  response.setHeader('www-authenticate', `Bearer realm="billing"${because}`)
  answer(response, status, { error: error ?? 'not_authenticated' })
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}

server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`billing listens on http://localhost:${(server.address() as AddressInfo).port}`)
})
