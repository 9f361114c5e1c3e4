import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';

const domain = process.env.AUTH0_DOMAIN ?? 'acme-partners.eu.auth0.com';
const issuer = `https://${domain}/`;

const JWKS = createRemoteJWKSet(new URL('.well-known/jwks.json', issuer), { cooldownDuration: 60_000 });

export class TokenError extends Error {}

export async function verifyBearer(header: string | undefined): Promise<JWTPayload> {
  if (!header?.startsWith('Bearer ')) throw new TokenError('no bearer token');
  try {
    const { payload } = await jwtVerify(header.slice(7), JWKS, {
      issuer,
      audience: 'https://api.acme-partners.example',
      algorithms: ['RS256'],
    });
    return payload;
  } catch (cause) {
    throw new TokenError('invalid token', { cause });
  }
}
