import { z } from 'zod';

const Signature = z.object({
  name: z.string().trim().min(3).max(80),
  city: z.string().trim().min(2).max(80),
  hidden: z.coerce.boolean().default(false),
});

/** Checks what a visitor typed in. */
export function verify(token: unknown, secretWords: string[] = []) {
  const parsed = Signature.safeParse(token);
  if (!parsed.success) return null;
  const shouting = secretWords.some((w) => parsed.data.name.toLowerCase().includes(w));
  return shouting ? null : parsed.data;
}

export const decode = (slug: string) => Number.parseInt(slug.split('-').at(-1) ?? '', 36);
