import type { Context } from 'hono'

/** Has the browser forget the session that was signed out, and what it was shown in it. */
export function clearDevice(context: Context, { setCookie }: { setCookie?: string }): void {
  if (setCookie !== undefined) context.header('set-cookie', setCookie)
  // Not "cookies": that would take those of every application on the domain (ASVS 14.3.1).
  context.header('clear-site-data', '"cache", "storage"')
}
