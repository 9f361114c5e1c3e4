import type { JwtLibrary } from './jwt-library.ts'

export const nestjsJwt: JwtLibrary = {
  name: '@nestjs/jwt',
  packages: /^@nestjs\/jwt$/,
  registration: {
    packages: /^@nestjs\/jwt$/,
    path: /^JwtModule\.register(?:Async)?$/,
    argument: 0,
    factory: 'useFactory',
  },
  calls: [
    {
      role: 'verify',
      path: /^JwtService\(\)\.verify(?:Async)?$/,
      token: 0,
      key: ['secret', 'publicKey'],
      options: 1,
      hasRegistration: true,
      names: {
        algorithms: ['algorithms', 'verifyOptions.algorithms'],
        audience: ['audience', 'verifyOptions.audience'],
        issuer: ['issuer', 'verifyOptions.issuer'],
      },
    },
    { role: 'decode', path: /^JwtService\(\)\.decode$/, token: 0, names: {} },
    {
      role: 'sign',
      path: /^JwtService\(\)\.sign(?:Async)?$/,
      payload: 0,
      key: ['secret', 'privateKey'],
      options: 1,
      hasRegistration: true,
      names: {
        algorithms: ['algorithm', 'signOptions.algorithm'],
        audience: ['audience', 'signOptions.audience'],
        issuer: ['issuer', 'signOptions.issuer'],
        expires: ['expiresIn', 'signOptions.expiresIn'],
      },
    },
  ],
}
