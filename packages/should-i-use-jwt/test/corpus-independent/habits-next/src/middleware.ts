import { NextResponse, type NextRequest } from 'next/server'
import { decrypt } from '@/lib/session'

export default async function middleware(req: NextRequest) {
  const session = await decrypt(req.cookies.get('session')?.value)

  if (!session?.userId) {
    return NextResponse.json({ error: 'Unauthorized' }, { status: 401 })
  }

  return NextResponse.next()
}

export const config = {
  matcher: ['/api/habits/:path*', '/api/quote'],
}
