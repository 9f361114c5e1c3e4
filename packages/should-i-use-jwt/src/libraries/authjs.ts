import type { JwtLibrary } from './jwt-library.ts'

/** Auth.js, of which NextAuth is the older name. It encrypts its tokens and sets what they need. */
export const authjs: JwtLibrary = {
  name: 'Auth.js',
  packages: /^(?:next-auth(?:\/.*)?|@auth\/(?:core|express|sveltekit|nextjs)(?:\/.*)?)$/,
  calls: [
    {
      role: 'guard',
      path: /^(?:getServerSession|unstable_getServerSession|getToken|withAuth|getSession|default)$|^\(\)\.auth$/,
      names: {},
      reads: ['cookie'],
      isPinned: true,
    },
  ],
}
