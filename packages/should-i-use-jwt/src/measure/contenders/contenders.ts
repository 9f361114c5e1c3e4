import { accessToken } from './access-token.ts'
import type { OpenContender } from './contender.ts'
import { leased, opaqueInDatabase, opaqueInValkey } from './opaque-sessions.ts'
import { referenceId } from './reference.ts'
import { signedToken } from './signed-tokens.ts'
import { denylistInDatabase, denylistInValkey, userLookup } from './token-checks.ts'

export interface ContenderEntry {
  readonly id: string
  readonly name: string
  readonly open: OpenContender
  readonly needsValkey?: true
  /** A ban in the users table is effective, at the latest within a lease. */
  readonly seesBans: boolean
}

export const contenders: readonly ContenderEntry[] = [
  { id: 'open', name: 'no authentication', open: openToAll, seesBans: false },
  {
    id: referenceId,
    name: 'opaque token in the database',
    open: opaqueInDatabase,
    seesBans: true,
  },
  { id: 'leased-cache', name: 'opaque token in a leased cache', open: leased, seesBans: true },
  {
    id: 'opaque-valkey',
    name: 'opaque token in Valkey',
    open: opaqueInValkey,
    needsValkey: true,
    seesBans: false,
  },
  { id: 'jwt-hs256', name: 'JWT HS256', open: signedToken('HS256'), seesBans: false },
  { id: 'jwt-es256', name: 'JWT ES256', open: signedToken('ES256'), seesBans: false },
  { id: 'jwt-eddsa', name: 'JWT EdDSA', open: signedToken('EdDSA'), seesBans: false },
  {
    id: 'jwt-denylist-database',
    name: 'JWT HS256 + denylist in the database',
    open: signedToken('HS256', denylistInDatabase),
    seesBans: false,
  },
  {
    id: 'jwt-denylist-valkey',
    name: 'JWT HS256 + denylist in Valkey',
    open: signedToken('HS256', denylistInValkey),
    needsValkey: true,
    seesBans: false,
  },
  {
    id: 'jwt-user',
    name: 'JWT HS256 + user lookup',
    open: signedToken('HS256', userLookup),
    seesBans: true,
  },
  {
    id: 'access-token',
    name: 'access token ES256 + refresh',
    open: accessToken,
    seesBans: false,
  },
]

async function openToAll(): ReturnType<OpenContender> {
  return {
    tokens: { authenticated: [''] },
    authenticate: () => 1,
    logOut: async () => Number.POSITIVE_INFINITY,
    async close() {},
  }
}
