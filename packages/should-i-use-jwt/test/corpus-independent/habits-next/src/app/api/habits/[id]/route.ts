import { NextResponse } from 'next/server'
import { prisma } from '@/lib/prisma'
import { getSession } from '@/lib/session'

type Context = { params: Promise<{ id: string }> }

export async function PATCH(_req: Request, { params }: Context) {
  const { id } = await params
  const session = await getSession()
  const { count } = await prisma.habit.updateMany({
    where: { id, userId: session!.userId },
    data: { streak: { increment: 1 } },
  })
  return count ? NextResponse.json({ ok: true }) : NextResponse.json({ error: 'Not found' }, { status: 404 })
}
