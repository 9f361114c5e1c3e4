import { hash, timingSafeEqual } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { takeApart } from '../../targets/floor.ts'
import { type AuthenticationBy, sessionCookie, type UserId } from '../settings.ts'

/** Whose request has this `Cookie`; `undefined`: nobody's. */
export type ReadCookie = (cookie: string | undefined) => UserId | undefined

const pattern = new RegExp(`(?:^|; )${sessionCookie}=([^;]+)`)

function tokenIn(cookie: string | undefined): string | undefined {
  return cookie === undefined ? undefined : pattern.exec(cookie)?.[1]
}

/** The least that sessions in a database take: one statement, SHA-256, a comparison. Nothing is judged. */
export function byStatement({ file, sql }: AuthenticationBy<'statement'>): ReadCookie {
  const statement = new DatabaseSync(file).prepare(sql)
  statement.setReturnArrays(true)
  const columns = statement.columns().map(({ column }) => column)
  const [userId, secretHash] = [columns.indexOf('user_id'), columns.indexOf('secret_hash')]
  return (cookie) => {
    const token = tokenIn(cookie)
    if (token === undefined) return undefined
    const { id, secret } = takeApart(token)
    const row = statement.get(id) as unknown as readonly unknown[] | undefined
    if (row === undefined) return undefined
    const shown = Buffer.from(hash('sha256', secret, 'binary'), 'binary')
    return timingSafeEqual(shown, row[secretHash] as Uint8Array)
      ? (row[userId] as number)
      : undefined
  }
}

/** The least that a cache of opaque tokens takes. */
export function byMap({ tokens, users }: AuthenticationBy<'map'>): ReadCookie {
  const known = new Map(
    tokens.map((token, session) => [hash('sha256', token, 'binary'), users[session] as UserId]),
  )
  return (cookie) => {
    const token = tokenIn(cookie)
    return token === undefined ? undefined : known.get(hash('sha256', token, 'binary'))
  }
}
