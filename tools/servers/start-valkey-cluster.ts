import { askValkey } from './ask-valkey.ts'
import { choosePort } from './choose-port.ts'
import type { PrivateServer, ServerIdentity } from './private-server.ts'
import { startValkey, type ValkeyOptions } from './start-valkey.ts'
import { waitUntil } from './wait-until.ts'

export interface ValkeyClusterOptions extends ValkeyOptions {
  /** 3 unless told, which is the least that can agree on a failover. */
  readonly primaries?: number
  /** 0 unless told. */
  readonly replicasEach?: number
  /**
   * After how long a silent node counts as failed; 5000 unless told. A failover takes about twice
   * as long.
   */
  readonly nodeTimeoutMs?: number
}

export interface ValkeyCluster {
  /** What the nodes are. */
  readonly server: ServerIdentity
  /** In the order of their slots. A failover changes roles, not this list. */
  readonly primaries: readonly PrivateServer[]
  /** Those of the first primary, then those of the second, and so on. */
  readonly replicas: readonly PrivateServer[]
  /** Of every node. */
  readonly urls: readonly string[]
  /** Stops all nodes. */
  stop(): Promise<void>
}

const slots = 16_384

/** Starts a cluster; resolves when every node knows of all the others and serves all slots. */
export async function startValkeyCluster(
  options: ValkeyClusterOptions = {},
): Promise<ValkeyCluster> {
  const { primaries: count = 3, replicasEach = 0 } = options
  const size = count * (1 + replicasEach)
  const first = await startNode(options)
  const others = await Promise.all(Array.from({ length: size - 1 }, () => startNode(options)))
  const nodes = [first, ...others]
  const primaries = nodes.slice(0, count)
  const replicas = nodes.slice(count)
  await Promise.all(primaries.map((node, index) => assignSlots(node, index, count)))
  await introduce(first, others)
  await Promise.all(
    replicas.map((node, index) => replicate(node, primaries[Math.floor(index / replicasEach)])),
  )
  const isWhole = (node: PrivateServer) => seesWhole(node, size, replicas.length)
  await waitUntil('the cluster is whole', () => isTrueOfAll(nodes, isWhole))
  return {
    server: first.server,
    primaries,
    replicas,
    urls: nodes.map(({ url }) => url),
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}

async function startNode(options: ValkeyClusterOptions): Promise<PrivateServer> {
  return await startValkey({
    ...options,
    settings: {
      'cluster-enabled': 'yes',
      'cluster-port': await choosePort(),
      'cluster-node-timeout': options.nodeTimeoutMs ?? 5000,
      // However long a replica was cut off, it may take over.
      'cluster-replica-validity-factor': 0,
      'cluster-allow-replica-migration': 'no',
      ...options.settings,
    },
  })
}

async function assignSlots({ port }: PrivateServer, index: number, count: number): Promise<void> {
  const first = Math.floor((index * slots) / count)
  const last = Math.floor(((index + 1) * slots) / count) - 1
  await askValkey(port, 'CLUSTER', 'ADDSLOTSRANGE', String(first), String(last))
  // Unlike epochs, or the nodes would have a conflict to settle first.
  await askValkey(port, 'CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1))
}

async function introduce(first: PrivateServer, others: readonly PrivateServer[]): Promise<void> {
  for (const { host, port } of others) {
    const [, busPort] = (await askValkey(port, 'CONFIG', 'GET', 'cluster-port')) as string[]
    await askValkey(first.port, 'CLUSTER', 'MEET', host, String(port), String(busPort))
  }
  const knowsAll = async ({ port }: PrivateServer) => {
    const known = await listNodes(port)
    return known.length === 1 + others.length && known.every(isConnected)
  }
  await waitUntil('every node knows every other', () => isTrueOfAll([first, ...others], knowsAll))
}

async function replicate({ port }: PrivateServer, primary: PrivateServer | undefined) {
  if (primary === undefined) return
  const id = await askValkey(primary.port, 'CLUSTER', 'MYID')
  await askValkey(port, 'CLUSTER', 'REPLICATE', String(id))
}

async function seesWhole({ port }: PrivateServer, size: number, replicas: number) {
  const known = await listNodes(port)
  const state = String(await askValkey(port, 'CLUSTER', 'INFO'))
  const replication = String(await askValkey(port, 'INFO', 'replication'))
  return (
    state.includes('cluster_state:ok') &&
    known.length === size &&
    known.every(isConnected) &&
    known.filter(({ flags }) => flags.includes('slave')).length === replicas &&
    !replication.includes('master_link_status:down')
  )
}

interface KnownNode {
  readonly flags: readonly string[]
  readonly link: string | undefined
}

async function listNodes(port: number): Promise<KnownNode[]> {
  const lines = String(await askValkey(port, 'CLUSTER', 'NODES'))
    .trim()
    .split('\n')
  return lines.map((line) => {
    const fields = line.split(' ')
    return { flags: fields[2]?.split(',') ?? [], link: fields[7] }
  })
}

function isConnected({ flags, link }: KnownNode): boolean {
  return link === 'connected' && !flags.includes('handshake')
}

async function isTrueOfAll<Item>(
  items: readonly Item[],
  condition: (item: Item) => Promise<boolean>,
): Promise<boolean> {
  return (await Promise.all(items.map(condition))).every((isTrue) => isTrue)
}
