import { errors, importSPKI, jwtVerify } from 'jose'
import { audience, issuer, requiredClaims, type } from '../../workload/signed-tokens.ts'
import type { AuthenticationBy, UserId } from '../settings.ts'

/** The user of a verified JWT, as the documentation of jose has it: key imported once, every claim checked. */
export async function byJose({
  algorithm,
  key,
}: AuthenticationBy<'jose'>): Promise<
  (authorization: string | undefined) => Promise<UserId | undefined>
> {
  const imported =
    typeof key === 'string'
      ? await importSPKI(key, algorithm)
      : await crypto.subtle.importKey(
          'raw',
          new Uint8Array(key),
          { name: 'HMAC', hash: 'SHA-256' },
          false,
          ['verify'],
        )
  const options = { algorithms: [algorithm], issuer, audience, typ: type, requiredClaims }
  return async (authorization) => {
    if (!authorization?.startsWith('Bearer ')) return undefined
    try {
      const { payload } = await jwtVerify(authorization.slice(7), imported, options)
      return Number(payload.sub)
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined
      throw error
    }
  }
}
