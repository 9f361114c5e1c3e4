import type { JwtLibrary } from './jwt-library.ts'

const names = { audience: ['audience'], issuer: ['issuer'] }

/** Access tokens (RFC 9068) of sessions, with everything pinned. */
export const cloakroom: JwtLibrary = {
  name: 'Cloakroom',
  packages: /^cloakroom\/access-tokens$/,
  calls: [
    {
      role: 'verify',
      path: /^verifyAccessTokens\(\)\.verify$/,
      token: 0,
      options: 'origin',
      names,
      isPinned: true,
      longestLife: 300,
    },
    {
      role: 'sign',
      path: /^issueAccessTokens\(\)\.mint$/,
      options: 'origin',
      names: { ...names, audience: ['audiences'] },
      isPinned: true,
      longestLife: 300,
    },
  ],
}
