import type { JwtLibrary } from './jwt-library.ts'

export const passportJwt: JwtLibrary = {
  name: 'passport-jwt',
  packages: /^passport-jwt$/,
  calls: [
    {
      role: 'guard',
      path: /^Strategy$/,
      key: ['secretOrKey', 'secretOrKeyProvider'],
      options: 0,
      names: { algorithms: ['algorithms'], audience: ['audience'], issuer: ['issuer'] },
      readsBy: ['jwtFromRequest'],
    },
  ],
}
