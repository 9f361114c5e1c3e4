import type { JwtLibrary } from './jwt-library.ts'

const verifying = { algorithms: ['algorithms'], audience: ['audience'], issuer: ['issuer'] }

export const jose: JwtLibrary = {
  name: 'jose',
  packages: /^jose(?:\/.*)?$/,
  calls: [
    { role: 'verify', path: /^jwtVerify$/, token: 0, key: 1, options: 2, names: verifying },
    {
      role: 'verify',
      path: /^jwtDecrypt$/,
      token: 0,
      key: 1,
      options: 2,
      names: { ...verifying, algorithms: ['keyManagementAlgorithms'] },
    },
    { role: 'decode', path: /^(?:decodeJwt|UnsecuredJWT\.decode)$/, token: 0, names: {} },
    {
      role: 'sign',
      path: /^(?:SignJWT|EncryptJWT)\(\)(?:\.\w+\(\))*\.(?:sign|encrypt)$/,
      key: 0,
      isChain: true,
      names: {
        algorithms: ['setProtectedHeader'],
        audience: ['setAudience'],
        issuer: ['setIssuer'],
        expires: ['setExpirationTime'],
      },
    },
  ],
}
