import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import type { Context } from './context.js';

const t = initTRPC.context<Context>().create({ transformer: superjson });

export const router = t.router;
export const publicProcedure = t.procedure;

export const protectedProcedure = t.procedure.use(({ ctx, next }) => {
  if (!ctx.person) throw new TRPCError({ code: 'UNAUTHORIZED' });
  if (ctx.person.status === 'FROZEN') throw new TRPCError({ code: 'FORBIDDEN', message: 'Account is frozen' });
  return next({ ctx: { ...ctx, person: ctx.person } });
});
