/** What clients of node-redis have in common, whatever they lead to. */
interface Duplicable {
  duplicate(): unknown
}

interface Duplicate<Client> {
  readonly client: Client
  close(): void
}

export interface Renewable<Client> {
  /** The client to use. */
  current(): Client
  /** Connects another one like it and takes that. */
  renew(): Promise<void>
  /** Closes what has been connected so. */
  close(): void
}

/**
 * node-redis has no way to give a connection up: its `socketTimeout` counts what is sent as a sign of
 * life. So a client of our own takes the place of one that is silent.
 */
export function renewable<Client extends Duplicable>(
  original: Client,
  timeoutMs: number,
): Renewable<Client> {
  let active: Duplicate<Client> = { client: original, close() {} }
  let isClosed = false

  return {
    current: () => active.client,
    async renew() {
      const duplicate = await connectDuplicate(original, timeoutMs)
      active.close()
      active = duplicate
      if (isClosed) duplicate.close()
    },
    close() {
      isClosed = true
      active.close()
    },
  }
}

async function connectDuplicate<Client extends Duplicable>(
  original: Client,
  timeoutMs: number,
): Promise<Duplicate<Client>> {
  const client = original.duplicate() as Client & {
    on(event: 'error', listener: () => void): unknown
    connect(): Promise<unknown>
    // Of a sentinel it is asynchronous.
    destroy(): unknown
  }
  // Whoever sends something is told by that.
  client.on('error', () => undefined)
  const close = async (): Promise<void> => void (await client.destroy())
  // Else it would try for ever.
  const timer = setTimeout(() => void close().catch(() => undefined), timeoutMs)
  try {
    await client.connect()
  } finally {
    clearTimeout(timer)
  }
  return { client, close: () => void close().catch(() => undefined) }
}
