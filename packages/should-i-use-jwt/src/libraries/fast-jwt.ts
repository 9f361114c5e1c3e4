import type { JwtLibrary } from './jwt-library.ts'

export const fastJwt: JwtLibrary = {
  name: 'fast-jwt',
  packages: /^fast-jwt$/,
  calls: [
    {
      role: 'verify',
      path: /^createVerifier\(\)$/,
      token: 0,
      key: ['key'],
      options: 'origin',
      names: { algorithms: ['algorithms'], audience: ['allowedAud'], issuer: ['allowedIss'] },
    },
    { role: 'decode', path: /^createDecoder\(\)$/, token: 0, names: {} },
    {
      role: 'sign',
      path: /^createSigner\(\)$/,
      payload: 0,
      key: ['key'],
      options: 'origin',
      names: {
        algorithms: ['algorithm'],
        audience: ['aud'],
        issuer: ['iss'],
        expires: ['expiresIn'],
      },
    },
  ],
}
