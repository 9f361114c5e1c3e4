import { DrizzleAdapter } from '@auth/drizzle-adapter'
import NextAuth from 'next-auth'
import MicrosoftEntraID from 'next-auth/providers/microsoft-entra-id'
import { db } from './db'

export const { auth, handlers, signIn, signOut } = NextAuth({
  adapter: DrizzleAdapter(db),
  // not 'jwt': we need to be able to throw people out at once
  session: { strategy: 'database', maxAge: 8 * 60 * 60 },
  providers: [
    MicrosoftEntraID({
      issuer: process.env.AUTH_ENTRA_ISSUER,
    }),
  ],
  callbacks: {
    session({ session, user }) {
      session.user.id = user.id
      return session
    },
  },
})
