import { SignJWT, jwtVerify } from 'jose';
import { env } from '../env.js';

const key = Buffer.from(env.ACCESS_TOKEN_KEY, 'base64url');
const ISSUER = 'https://invoicing.paperclip.example';
const AUDIENCE = 'invoicing-api';

export interface AccessClaims {
  accountId: string;
  epoch: number;
}

export const issueAccessToken = ({ accountId, epoch }: AccessClaims) =>
  new SignJWT({ epoch })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .setSubject(accountId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime('15m')
    .sign(key);

export async function readAccessToken(token: string): Promise<AccessClaims> {
  const { payload } = await jwtVerify<{ epoch: number }>(token, key, {
    algorithms: ['HS256'],
    issuer: ISSUER,
    audience: AUDIENCE,
    typ: 'at+jwt',
    requiredClaims: ['exp', 'sub'],
  });
  return { accountId: payload.sub!, epoch: payload.epoch };
}
