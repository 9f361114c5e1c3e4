import { askValkey } from './ask-valkey.ts'
import type { PrivateServer } from './private-server.ts'
import { startValkey, type ValkeyOptions } from './start-valkey.ts'
import { waitUntil } from './wait-until.ts'

export interface ValkeySentinelOptions extends ValkeyOptions {
  /** 1 unless told. */
  readonly replicas?: number
  /** After how long a silent primary counts as down; 1000 unless told. */
  readonly downAfterMs?: number
}

export interface ValkeySentinel {
  /** What the sentinels call the primary. */
  readonly name: string
  readonly primary: PrivateServer
  readonly replicas: readonly PrivateServer[]
  /** Three, of which two must agree. */
  readonly sentinels: readonly PrivateServer[]
  /** Stops all of them. */
  stop(): Promise<void>
}

const name = 'cloakroom'

/** Starts a primary with replicas and the sentinels that watch it and put a replica in its place. */
export async function startValkeySentinel(
  options: ValkeySentinelOptions = {},
): Promise<ValkeySentinel> {
  const { replicas: count = 1, downAfterMs = 1000, ...valkey } = options
  const primary = await startValkey(valkey)
  const replicaof = `${primary.host} ${primary.port}`
  const settings = { ...valkey.settings, replicaof }
  const replicas = await Promise.all(
    Array.from({ length: count }, () => startValkey({ ...valkey, settings })),
  )
  await waitUntil('the replicas follow', () => areFollowed(primary, count))
  const sentinels = await Promise.all(
    Array.from({ length: 3 }, () => startSentinel(primary, downAfterMs)),
  )
  await waitUntil('the sentinels know all', async () => {
    const views = await Promise.all(sentinels.map(({ port }) => askValkey(port, 'INFO')))
    return views.every((view) => String(view).includes(`slaves=${count},sentinels=3`))
  })
  return {
    name,
    primary,
    replicas,
    sentinels,
    async stop() {
      await Promise.all([...sentinels, ...replicas, primary].map((server) => server.stop()))
    },
  }
}

async function startSentinel(primary: PrivateServer, downAfterMs: number): Promise<PrivateServer> {
  return await startValkey({
    args: ['--sentinel'],
    settings: {
      [`sentinel monitor ${name}`]: `${primary.host} ${primary.port} 2`,
      [`sentinel down-after-milliseconds ${name}`]: downAfterMs,
      [`sentinel failover-timeout ${name}`]: 4 * downAfterMs,
    },
  })
}

async function areFollowed({ port }: PrivateServer, replicas: number): Promise<boolean> {
  const lines = String(await askValkey(port, 'INFO', 'replication')).split('\r\n')
  return lines.filter((line) => line.includes('state=online')).length === replicas
}
