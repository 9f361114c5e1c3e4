import type { StoreFactory, UsersLoader } from 'cloakroom'
import { valkey } from 'cloakroom/valkey'
import { Redis } from 'iovalkey'

const timeoutMs = 5000

/** @param url `valkey://user:password@host:port`, or `valkeys://…` with TLS */
export async function connectValkey(
  url: string,
  hasFeed: boolean,
): Promise<{ store: StoreFactory<UsersLoader>; disconnect(): void }> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    // While it is away requests are answered with 503, and do not pile up.
    maxRetriesPerRequest: 0,
  })
  // Whoever has a use for the connection is told by their own command; for the first one, the
  // event says more than the rejection.
  let problem: unknown
  client.on('error', (error) => {
    problem = error
  })
  try {
    await client.connect()
    await client.ping()
  } catch (error) {
    client.disconnect()
    throw problem ?? error
  }
  return { store: valkey(client, { feed: hasFeed }), disconnect: () => client.disconnect() }
}
