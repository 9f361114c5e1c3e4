import type { JwtLibrary } from './jwt-library.ts'

/** Reads a token without a look at its signature: made for browsers. */
export const jwtDecode: JwtLibrary = {
  name: 'jwt-decode',
  packages: /^jwt-decode$/,
  calls: [{ role: 'decode', path: /^(?:jwtDecode)?$/, token: 0, names: {} }],
}
