// The process of one application.
import { serveApplication } from 'should-i-use-jwt/measuring'
import type { ApplicationSettings, Framework } from '../settings.ts'

// Each process loads what it needs, and nothing of the others.
const frameworks: Readonly<Record<Framework, (settings: ApplicationSettings) => Promise<number>>> =
  {
    hono: async (settings) => (await import('./hono.ts')).openHono(settings),
    express: async (settings) => (await import('./express.ts')).openExpress(settings),
    fastify: async (settings) => (await import('./fastify.ts')).openFastify(settings),
  }

serveApplication(async (settings: ApplicationSettings) => ({
  port: await frameworks[settings.framework](settings),
  // Whoever started it knows what its clients show.
  header: 'cookie',
  credentials: {},
  // Its process ends at once afterwards, and its data is thrown away.
  close: async () => {},
}))
