import { NextResponse } from 'next/server'
import { prisma } from '@/lib/prisma'
import { getUser } from '@/lib/session'

export async function GET() {
  const user = await getUser()
  if (!user) return NextResponse.json(null, { status: 401 })
  return NextResponse.json(await prisma.report.findMany({ where: { ownerId: user.id } }))
}

export async function DELETE(request: Request) {
  const user = await getUser()
  if (!user) return NextResponse.json(null, { status: 401 })
  const { id } = await request.json()
  await prisma.report.deleteMany({ where: { id, ownerId: user.id } })
  return new NextResponse(null, { status: 204 })
}
