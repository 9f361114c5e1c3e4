// A service that takes access tokens, and for what is sensitive wants the password to have been
// checked lately (RFC 9470).
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyAccessTokens } from 'cloakroom/access-tokens'

const { ISSUER: issuer = 'http://localhost:3000', PORT = '3002' } = process.env

const tokens = verifyAccessTokens({
  issuer,
  audience: 'https://billing.example',
  userIdType: 'uuid',
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
    // The keys cannot be read: nobody is let through for that.
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
