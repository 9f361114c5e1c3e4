import { PrismaClient, type Person } from '@prisma/client';
import type { CreateHTTPContextOptions } from '@trpc/server/adapters/standalone';
import cookie from 'cookie';
import jwt from 'jsonwebtoken';

export const prisma = new PrismaClient();

interface Claims {
  personId: number;
  tokenVersion: number;
}

async function personFrom(header: string | undefined): Promise<Person | null> {
  const { budget } = cookie.parse(header ?? '');
  if (!budget) return null;
  try {
    const claims = jwt.verify(budget, process.env.BUDGET_SECRET!) as unknown as Claims;
    const person = await prisma.person.findUnique({ where: { id: claims.personId } });
    if (!person || person.tokenVersion !== claims.tokenVersion) return null;
    return person;
  } catch {
    return null;
  }
}

export async function createContext({ req, res }: CreateHTTPContextOptions) {
  return { prisma, res, person: await personFrom(req.headers.cookie) };
}

export type Context = Awaited<ReturnType<typeof createContext>>;
