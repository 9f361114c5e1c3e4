import { hash, timingSafeEqual } from 'node:crypto'
import { postgres } from 'cloakroom/postgres'
import { type TokenParts, takeApart } from '../../targets/floor.ts'
import { openAuth } from '../cloakroom.ts'
import type { RemoteTarget } from '../remote-target.ts'
import type { SignedIn } from '../sign-in-all.ts'
import { countingPool } from './counting-pool.ts'

/**
 * One query a request on the bare driver: Cloakroom's own statement, named and so prepared once for
 * each connection, and SHA-256 of the secret. It judges nothing that the row says.
 */
export async function bareTarget(
  url: string,
  { tokens, endedToken }: SignedIn,
): Promise<RemoteTarget<TokenParts, number | undefined>> {
  const text = await captureVerifyText(url, tokens[0] as string)
  const { pool, sent } = countingPool(url)
  const credentials = tokens.map(takeApart)
  const run = (id: Buffer) =>
    pool.query<unknown[]>({
      name: 'bare',
      text,
      values: [id.toString('hex')],
      rowMode: 'array',
    } as never)
  const { fields } = await run((credentials[0] as TokenParts).id)
  const names = fields.map(({ name }) => name)
  const userId = names.indexOf('user_id')
  const secretHash = names.indexOf('secret_hash')
  return {
    name: 'pg, one query a request',
    note: "Cloakroom's statement on the bare driver, prepared; SHA-256 of the secret, compared",
    credentials,
    wrong: {
      'the token of a session that has ended': takeApart(endedToken),
      'the secret of another session': {
        id: (credentials[0] as TokenParts).id,
        secret: (credentials[1] as TokenParts).secret,
      },
    },
    async authenticate({ id, secret }) {
      const [row] = (await run(id)).rows as unknown as unknown[][]
      if (row === undefined) return undefined
      const shown = Buffer.from(hash('sha256', secret, 'binary'), 'binary')
      const isRight = timingSafeEqual(shown, row[secretHash] as Buffer)
      return isRight ? Number(row[userId]) : undefined
    },
    userOf: (user) => user,
    sent,
    bytesPerSession: async () => undefined,
    close: () => pool.end(),
  }
}

async function captureVerifyText(url: string, token: string): Promise<string> {
  const { pool, sent, lastText } = countingPool(url)
  const auth = await openAuth(postgres(pool))
  const before = sent().statements
  await auth.verify(token)
  const statements = sent().statements - before
  const text = lastText()
  await auth.close()
  await pool.end()
  if (statements === 1) return text
  throw new Error(`verify ran ${statements} statements; the bare query stands for one`)
}
