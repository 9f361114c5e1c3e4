import { z } from 'zod';
import { protectedProcedure, router } from '../trpc.js';

export const expensesRouter = router({
  list: protectedProcedure.query(({ ctx }) => ctx.prisma.expense.findMany({ where: { personId: ctx.person.id } })),

  add: protectedProcedure
    .input(z.object({ cents: z.number().int().positive(), category: z.string().min(1) }))
    .mutation(({ ctx, input }) => ctx.prisma.expense.create({ data: { ...input, personId: ctx.person.id } })),
});
