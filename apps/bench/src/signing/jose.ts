import { generateKeyPair, SignJWT } from 'jose'
import type { Target } from '../targets/target.ts'
import { type } from '../workload/signed-tokens.ts'
import { type SessionClaims, subjectOf, tokenClaims } from './claims.ts'

/** `SignJWT` of jose, with a key in memory. */
export async function joseMint(
  claims: readonly SessionClaims[],
): Promise<Target<SessionClaims, string>> {
  const { privateKey } = await generateKeyPair('ES256')
  const header = { alg: 'ES256', typ: type, kid: 'the-only-one' }
  return {
    name: 'jose',
    note: 'new SignJWT(claims).setProtectedHeader(header).sign(key): the same claims, the key in memory',
    credentials: claims,
    wrong: {},
    authenticate: (each) =>
      new SignJWT({ ...tokenClaims(each), amr: [...each.amr] })
        .setProtectedHeader(header)
        .sign(privateKey),
    userOf: subjectOf,
    close() {},
  }
}
