import type { NextAuthConfig } from 'next-auth'
import GitHub from 'next-auth/providers/github'
import Google from 'next-auth/providers/google'

// Kept apart from auth.ts so that middleware.ts can run on the edge, without Prisma.
export default {
  providers: [GitHub, Google],
  callbacks: {
    authorized: ({ auth }) => Boolean(auth?.user),
  },
} satisfies NextAuthConfig
