import { unavailable } from '../failure.ts'
import { type Info, parseInfo } from '../info.ts'
import { type Bucket, bucketCount, formatBucket } from '../keys.ts'
import { slotOf } from '../slot.ts'

/** What a primary says of itself. */
export interface Place {
  /** The node's id in a cluster, `''` elsewhere. */
  readonly source: string
  /** Of this run of this server. */
  readonly runId: string
  /** One whose slot it has, and keeps. */
  readonly bucket: Bucket
  /** Replicas that may be promoted, as far as it knows. */
  readonly replicas: number
  /**
   * Is another one after a restart, after the server was a replica meanwhile, and when slots have come,
   * gone or begun to move.
   */
  readonly version: string
}

/**
 * @param info The sections `server` and `replication` of INFO.
 * @param nodes What CLUSTER NODES says; `undefined` where there is no cluster.
 * @throws {CloakroomError} `store_unavailable` for what is no primary
 */
export function toPlace(info: string, nodes: string | undefined): Place {
  const server = parseInfo(info)
  const role = server.get('role')
  if (role !== 'master') throw unavailable(`It is no primary: its role is ${role ?? 'not told'}.`)
  const runId = runIdOf(server)
  const version = `${runId} ${server.get('master_replid')}`
  const replicas = countOnline(server)
  const alone = { source: '', runId, bucket: formatBucket(0), replicas, version }
  return nodes === undefined ? alone : toClusterPlace(nodes, alone)
}

/** Of one run of one server. */
export function runIdOf(server: Info): string {
  const id = server.get('run_id')
  if (id === undefined) throw unavailable('It does not tell its run_id.')
  return id
}

function countOnline(server: Info): number {
  return [...server].filter(([name, value]) => {
    return /^slave\d+$/.test(name) && value.includes('state=online')
  }).length
}

function toClusterPlace(nodes: string, { runId, replicas, version }: Place): Place {
  const known = nodes.split('\n').map((line) => line.split(' '))
  const own = known.find(([, , flags]) => flags?.split(',').includes('myself')) ?? []
  const [source = '', , , , , , epoch, , ...slots] = own
  // A replica that has failed counts: it may be back, and promoted, before this node hears of it.
  const listed = known.filter(([, , , primary]) => primary === source).length
  return {
    source,
    runId,
    bucket: findBucket(slots),
    replicas: Math.max(listed, replicas),
    version: `${version} ${epoch} ${slots.join(' ')}`,
  }
}

/** @param slots Such as `0-5460`, `7000` and `[93->-node id]`, which is on its way. */
function findBucket(slots: readonly string[]): Bucket {
  const moving = slots
    .filter((each) => each.startsWith('['))
    .map((each) => parseInt(each.slice(1), 10))
  const ranges = slots
    .filter((each) => !each.startsWith('['))
    .map((each) => each.split('-').map(Number))
  for (let index = 0; index < bucketCount; index += 1) {
    const bucket = formatBucket(index)
    const slot = slotOf(bucket)
    const isIn = ([first = 0, last = first]: readonly number[]) => slot >= first && slot <= last
    if (ranges.some(isIn) && !moving.includes(slot)) return bucket
  }
  throw unavailable('It has no slot for a session.')
}
