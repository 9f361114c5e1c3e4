import type { JwtLibrary } from './jwt-library.ts'

export const honoJwt: JwtLibrary = {
  name: 'hono/jwt',
  packages: /^hono\/(?:utils\/)?(?:jwt|jwk)(?:\/index)?$/,
  calls: [
    {
      role: 'guard',
      path: /^(?:jwt|jwk)$/,
      key: ['secret', 'jwks_uri', 'keys'],
      options: 0,
      names: { algorithms: ['alg'], audience: ['verification.aud'], issuer: ['verification.iss'] },
      reads: ['authorization'],
      readsBy: ['cookie', 'headerName'],
      isPinned: true,
    },
    {
      role: 'verify',
      path: /^(?:Jwt\.)?verify$/,
      token: 0,
      key: 1,
      options: 3,
      names: { audience: ['aud'], issuer: ['iss'] },
      isPinned: true,
    },
    { role: 'decode', path: /^(?:Jwt\.)?decode$/, token: 0, names: {} },
    { role: 'sign', path: /^(?:Jwt\.)?sign$/, payload: 0, key: 1, names: {} },
  ],
}
