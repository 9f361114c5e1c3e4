export type AppEnv = {
  Bindings: { DB: D1Database; TOKEN_SECRET: string }
  Variables: { learner: number }
}
