import type { JwtLibrary } from './jwt-library.ts'

export const jsonwebtoken: JwtLibrary = {
  name: 'jsonwebtoken',
  packages: /^jsonwebtoken(?:-esm|-promisified)?$/,
  calls: [
    {
      role: 'verify',
      path: /^verify$/,
      token: 0,
      key: 1,
      options: 2,
      names: { algorithms: ['algorithms'], audience: ['audience'], issuer: ['issuer'] },
    },
    { role: 'decode', path: /^decode$/, token: 0, names: {} },
    {
      role: 'sign',
      path: /^sign$/,
      payload: 0,
      key: 1,
      options: 2,
      names: {
        algorithms: ['algorithm'],
        audience: ['audience'],
        issuer: ['issuer'],
        expires: ['expiresIn'],
      },
    },
  ],
}
