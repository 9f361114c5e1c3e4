import { NextResponse } from 'next/server'
import { auth } from '~/auth'
import { prisma } from '~/lib/db'

export const GET = auth(async (req) => {
  if (!req.auth?.user) return NextResponse.json({ message: 'Not signed in' }, { status: 401 })
  return NextResponse.json(await prisma.recipe.findMany({ where: { authorId: req.auth.user.id } }))
})

export const POST = auth(async (req) => {
  if (!req.auth?.user?.id) return NextResponse.json({ message: 'Not signed in' }, { status: 401 })
  const { title, steps } = await req.json()
  const recipe = await prisma.recipe.create({ data: { title, steps, authorId: req.auth.user.id } })
  return NextResponse.json(recipe, { status: 201 })
})
