import { hash } from 'node:crypto'
import { createClient, RESP_TYPES } from 'redis'
import { type TokenParts, takeApart } from '../../targets/floor.ts'
import type { RemoteTarget } from '../remote-target.ts'
import type { SignedIn } from '../sign-in-all.ts'
import { type Client, countSent } from './count-sent.ts'

/**
 * One GET a request on the bare driver, of Cloakroom's own value, and SHA-256 of the secret looked
 * for in it. It reads no epoch and no block, judges nothing and loads no user.
 */
export async function bareTarget(
  url: string,
  { tokens, endedToken }: SignedIn,
  owners: Int32Array,
): Promise<RemoteTarget<TokenParts, number | undefined>> {
  const client: Client = createClient({ url })
  await client.connect()
  const reader = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer })
  const credentials = tokens.map(takeApart)
  const users = new Map(credentials.map(({ id }, index) => [id.toString('hex'), owners[index]]))
  return {
    name: 'node-redis, one GET a request',
    note: "Cloakroom's value by GET on the bare driver; SHA-256 of the secret, looked for in it",
    credentials,
    wrong: {
      'the token of a session that has ended': takeApart(endedToken),
      'the secret of another session': {
        id: (credentials[0] as TokenParts).id,
        secret: (credentials[1] as TokenParts).secret,
      },
    },
    async authenticate({ id, secret }) {
      const hex = id.toString('hex')
      const row = (await reader.get(`cloakroom:s:{${hex.slice(13, 16)}}:${hex}`)) as Buffer | null
      return row?.includes(hash('sha256', secret, 'buffer')) ? users.get(hex) : undefined
    },
    userOf: (user) => user,
    sent: () => countSent(client),
    bytesPerSession: async () => undefined,
    close: async () => client.destroy(),
  }
}
