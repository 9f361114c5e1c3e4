import { zValidator } from '@hono/zod-validator'
import { PrismaClient } from '@prisma/client'
import { Hono } from 'hono'
import { z } from 'zod'

const prisma = new PrismaClient()

export const cocktails = new Hono()
  .get('/', zValidator('query', z.object({ with: z.string().optional() })), async (c) => {
    const { with: ingredient } = c.req.valid('query')
    const found = await prisma.cocktail.findMany({
      where: ingredient ? { ingredients: { has: ingredient } } : {},
      orderBy: { name: 'asc' },
    })
    return c.json(found)
  })
  .get('/random', async (c) => {
    const count = await prisma.cocktail.count()
    const one = await prisma.cocktail.findFirst({ skip: Math.floor(Math.random() * count) })
    return one ? c.json(one) : c.notFound()
  })
