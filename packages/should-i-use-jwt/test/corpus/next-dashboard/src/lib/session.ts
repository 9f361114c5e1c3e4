import 'server-only'
import { jwtVerify, SignJWT } from 'jose'
import { cookies } from 'next/headers'
import { prisma } from '@/lib/prisma'

const encodedKey = new TextEncoder().encode(process.env.SESSION_SECRET)

export async function createSession(userId: string) {
  const session = await new SignJWT({ userId })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .setExpirationTime('7d')
    .sign(encodedKey)
  const cookieStore = await cookies()
  cookieStore.set('session', session, { httpOnly: true, secure: true, sameSite: 'lax', path: '/' })
}

export async function getUser() {
  const token = (await cookies()).get('session')?.value
  if (!token) return null
  try {
    const { payload } = await jwtVerify(token, encodedKey, { algorithms: ['HS256'] })
    return await prisma.user.findUnique({ where: { id: String(payload.userId), deletedAt: null } })
  } catch {
    return null
  }
}
