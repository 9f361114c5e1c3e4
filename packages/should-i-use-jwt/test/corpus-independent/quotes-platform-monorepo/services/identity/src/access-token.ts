import { importPKCS8, SignJWT } from 'jose';

const key = await importPKCS8(process.env.IDENTITY_PRIVATE_KEY!, 'ES256');

export function mintAccessToken(user: { id: string; tenant: string; scope: string }) {
  return new SignJWT({ tenant: user.tenant, scope: user.scope })
    .setProtectedHeader({ alg: 'ES256' })
    .setSubject(user.id)
    .setIssuer('quotes-identity')
    .setAudience(['pricing', 'documents'])
    .setIssuedAt()
    .setExpirationTime('4m')
    .sign(key);
}
