import { scrypt as scryptCb, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { TRPCError } from '@trpc/server';
import cookie from 'cookie';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { protectedProcedure, publicProcedure, router } from '../trpc.js';

const scrypt = promisify<string, string, number, Buffer>(scryptCb);

export const sessionRouter = router({
  signIn: publicProcedure
    .input(z.object({ email: z.string().email(), password: z.string() }))
    .mutation(async ({ ctx, input }) => {
      const person = await ctx.prisma.person.findUnique({ where: { email: input.email } });
      const [salt, hash] = person?.password.split('$') ?? ['', ''];
      if (!person || !timingSafeEqual(await scrypt(input.password, salt, 32), Buffer.from(hash, 'base64'))) {
        throw new TRPCError({ code: 'UNAUTHORIZED' });
      }
      const token = jwt.sign({ personId: person.id, tokenVersion: person.tokenVersion }, process.env.BUDGET_SECRET!, {
        expiresIn: '90d',
      });
      ctx.res.setHeader('set-cookie', cookie.serialize('budget', token, { httpOnly: true, secure: true, path: '/' }));
    }),

  signOutEverywhere: protectedProcedure.mutation(({ ctx }) =>
    ctx.prisma.person.update({
      where: { id: ctx.person.id },
      data: { tokenVersion: { increment: 1 } },
      select: { id: true },
    }),
  ),

  me: protectedProcedure.query(({ ctx }) => ({ id: ctx.person.id, email: ctx.person.email })),
});
