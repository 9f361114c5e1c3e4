import { NextResponse } from 'next/server'
import { prisma } from '@/lib/prisma'
import { getSession } from '@/lib/session'

export async function GET() {
  const session = await getSession()
  const habits = await prisma.habit.findMany({ where: { userId: session!.userId } })
  return NextResponse.json(habits)
}

export async function POST(req: Request) {
  const session = await getSession()
  const { name } = await req.json()
  const habit = await prisma.habit.create({ data: { name, userId: session!.userId } })
  return NextResponse.json(habit, { status: 201 })
}
