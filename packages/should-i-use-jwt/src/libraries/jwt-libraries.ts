import type { ApiValue } from '../values/value.ts'
import { authjs } from './authjs.ts'
import { cloakroom } from './cloakroom.ts'
import { expressJwt, oauthJwtBearer } from './express-jwt.ts'
import { fastJwt } from './fast-jwt.ts'
import { fastifyJwt } from './fastify-jwt.ts'
import { honoJwt } from './hono-jwt.ts'
import { jose } from './jose.ts'
import { jsonwebtoken } from './jsonwebtoken.ts'
import { jwtDecode } from './jwt-decode.ts'
import type { JwtCall, JwtLibrary } from './jwt-library.ts'
import { koaJwt } from './koa-jwt.ts'
import { nestjsJwt } from './nestjs-jwt.ts'
import { passportJwt } from './passport-jwt.ts'

export const jwtLibraries: readonly JwtLibrary[] = [
  jsonwebtoken,
  jose,
  fastJwt,
  expressJwt,
  oauthJwtBearer,
  koaJwt,
  honoJwt,
  passportJwt,
  fastifyJwt,
  nestjsJwt,
  jwtDecode,
  authjs,
  cloakroom,
]

export interface JwtModel {
  readonly library: JwtLibrary
  readonly call: JwtCall
}

/** What calling this does, if it is a function of a library of JWTs. */
export function jwtModelOf(value: ApiValue): JwtModel | undefined {
  for (const library of jwtLibraries) {
    if (!library.packages.test(value.package)) continue
    const call = library.calls.find(({ path }) => path.test(value.path))
    if (call) return { library, call }
  }
  return undefined
}
