import { z } from 'zod';

export const env = z
  .object({
    PORT: z.coerce.number().default(3000),
    DATABASE_URL: z.string().url(),
    ACCESS_TOKEN_KEY: z.string().min(43),
  })
  .parse(process.env);
