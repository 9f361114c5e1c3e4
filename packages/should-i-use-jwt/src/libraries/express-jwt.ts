import type { JwtLibrary } from './jwt-library.ts'

export const expressJwt: JwtLibrary = {
  name: 'express-jwt',
  packages: /^express-jwt$/,
  calls: [
    {
      role: 'guard',
      path: /^(?:expressjwt|expressJwt|jwt)?$/,
      key: ['secret'],
      options: 0,
      names: { algorithms: ['algorithms'], audience: ['audience'], issuer: ['issuer'] },
      reads: ['authorization'],
      readsBy: ['getToken'],
      identityBy: ['requestProperty', 'userProperty'],
      revokedBy: ['isRevoked'],
    },
  ],
}

/** Auth0's own middleware: the keys are the provider's, found by its address. */
export const oauthJwtBearer: JwtLibrary = {
  name: 'express-oauth2-jwt-bearer',
  packages: /^express-oauth2-jwt-bearer$/,
  calls: [
    {
      role: 'guard',
      path: /^auth$/,
      key: ['issuerBaseURL', 'jwksUri', 'secret'],
      options: 0,
      names: {
        algorithms: ['tokenSigningAlg'],
        audience: ['audience'],
        issuer: ['issuer', 'issuerBaseURL'],
      },
      reads: ['authorization'],
      isPinned: true,
    },
  ],
}
