import { createRemoteJWKSet, jwtVerify } from 'jose';

const issuer = process.env.OIDC_ISSUER;
const jwks = createRemoteJWKSet(new URL(`${issuer}/protocol/openid-connect/certs`));

export async function verifyIdToken(idToken, nonce) {
  const { payload } = await jwtVerify(idToken, jwks, {
    issuer,
    audience: process.env.OIDC_CLIENT_ID,
    algorithms: ['RS256'],
  });
  if (payload.nonce !== nonce) throw new Error('nonce mismatch');
  return payload;
}
