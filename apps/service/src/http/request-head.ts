import type { HttpBindings } from '@hono/node-server'
import type { RequestHead } from 'cloakroom'
import type { Context } from 'hono'
import { clientAddress } from './client-address.ts'

export type HeadOf = (context: Context) => RequestHead

/** All that the service reads of a request beside its body, by the one rule on trusting proxies. */
export function requestHeads(trustedProxyHops: number): HeadOf {
  return ({ req, env }) => ({
    method: req.method,
    cookie: req.header('cookie'),
    authorization: req.header('authorization'),
    origin: req.header('origin'),
    secFetchSite: req.header('sec-fetch-site'),
    userAgent: req.header('user-agent'),
    ip: clientAddress(
      (env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress,
      req.header('x-forwarded-for'),
      trustedProxyHops,
    ),
  })
}
