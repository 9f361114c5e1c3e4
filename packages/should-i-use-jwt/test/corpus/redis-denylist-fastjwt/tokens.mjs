import { randomUUID } from 'node:crypto'
import { createSigner, createVerifier } from 'fast-jwt'
import { settings } from './config.mjs'

const sign = createSigner({
  key: settings.token.key,
  algorithm: 'HS256',
  expiresIn: settings.token.minutes * 60 * 1000,
  iss: 'garden',
  aud: 'garden',
})
const verify = createVerifier({
  key: settings.token.key,
  algorithms: ['HS256'],
  allowedIss: 'garden',
  allowedAud: 'garden',
})

export const makeToken = (gardener) => sign({ sub: gardener._id.toString(), jti: randomUUID() })
export const readToken = (token) => verify(token)
