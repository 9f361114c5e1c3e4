import type { DataSchema } from 'cloakroom'
import type { SessionData } from './service.ts'

/** `session.data` is empty: what the service knows of a user is in `users`. */
export const noData = {
  '~standard': {
    version: 1,
    vendor: 'cloakroom-service',
    validate: (value: unknown) =>
      Object.keys(value as object).length === 0
        ? { value: {} as SessionData }
        : { issues: [{ message: 'must be empty' }] },
    types: undefined as unknown as { input: SessionData; output: SessionData },
  },
} satisfies DataSchema
