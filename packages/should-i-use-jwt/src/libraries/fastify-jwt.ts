import type { JwtLibrary } from './jwt-library.ts'

const verifying = {
  algorithms: ['verify.algorithms', 'algorithms'],
  audience: ['verify.allowedAud', 'allowedAud', 'verify.aud'],
  issuer: ['verify.allowedIss', 'allowedIss', 'verify.iss'],
}

export const fastifyJwt: JwtLibrary = {
  name: '@fastify/jwt',
  packages: /^(?:@fastify\/jwt|fastify|fastify-jwt)$/,
  registration: {
    packages: /^(?:@fastify\/jwt|fastify-jwt)$/,
    path: /^$/,
    argument: 1,
    isPlugin: true,
  },
  calls: [
    {
      role: 'guard',
      path: /\.jwtVerify$/,
      key: ['secret'],
      hasRegistration: true,
      names: verifying,
      reads: ['authorization'],
      readsBy: ['cookie.cookieName'],
      identityBy: ['decoratorName'],
      revokedBy: ['trusted'],
    },
    {
      role: 'verify',
      path: /\.jwt\.(?:\w+\.)?verify$/,
      token: 0,
      key: ['secret'],
      options: 1,
      hasRegistration: true,
      names: verifying,
    },
    { role: 'decode', path: /\.jwt(?:\.\w+)?\.decode$|\.jwtDecode$/, token: 0, names: {} },
    {
      role: 'sign',
      path: /\.jwt\.(?:\w+\.)?sign$|\.jwtSign$/,
      payload: 0,
      key: ['secret'],
      options: 1,
      hasRegistration: true,
      names: {
        algorithms: ['algorithm', 'sign.algorithm'],
        audience: ['aud', 'sign.aud', 'sign.audience'],
        issuer: ['iss', 'sign.iss', 'sign.issuer'],
        expires: ['expiresIn', 'sign.expiresIn'],
      },
    },
  ],
}
