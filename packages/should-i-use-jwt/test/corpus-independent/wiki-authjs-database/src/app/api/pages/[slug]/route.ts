import { eq } from 'drizzle-orm'
import { NextResponse } from 'next/server'
import { auth } from '../../../../auth'
import { db, pages } from '../../../../db'

export async function GET(_req: Request, { params }: { params: { slug: string } }) {
  if (!(await auth())) return new NextResponse(null, { status: 401 })
  const [page] = await db.select().from(pages).where(eq(pages.slug, params.slug))
  return page ? NextResponse.json(page) : new NextResponse(null, { status: 404 })
}

export async function PUT(req: Request, { params }: { params: { slug: string } }) {
  const session = await auth()
  if (!session?.user?.id) return new NextResponse(null, { status: 401 })
  const body = await req.text()
  const values = { slug: params.slug, body, editedBy: session.user.id, editedAt: new Date() }
  await db.insert(pages).values(values).onConflictDoUpdate({ target: pages.slug, set: values })
  return new NextResponse(null, { status: 204 })
}
