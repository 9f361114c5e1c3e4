import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { createContext } from './context.js';
import { expensesRouter } from './routers/expenses.js';
import { sessionRouter } from './routers/session.js';
import { router } from './trpc.js';

const appRouter = router({ session: sessionRouter, expenses: expensesRouter });

export type AppRouter = typeof appRouter;

createHTTPServer({ router: appRouter, createContext }).listen(2022);
