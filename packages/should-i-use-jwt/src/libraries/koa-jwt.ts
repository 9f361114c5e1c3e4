import type { JwtLibrary } from './jwt-library.ts'

export const koaJwt: JwtLibrary = {
  name: 'koa-jwt',
  packages: /^koa-jwt$/,
  calls: [
    {
      role: 'guard',
      path: /^$/,
      key: ['secret'],
      options: 0,
      names: { algorithms: ['algorithms'], audience: ['audience'], issuer: ['issuer'] },
      reads: ['authorization'],
      readsBy: ['getToken', 'cookie'],
      identityBy: ['key'],
      revokedBy: ['isRevoked'],
    },
  ],
}
