import type { Calls } from './calls.ts'
import { unavailable } from './failure.ts'
import { type Bucket, groupByBucket, type Kind } from './keys.ts'
import type { Link, Reply } from './link.ts'
import { toText, toTexts } from './row.ts'
import type { Parts } from './snapshots.ts'

/** Keys that one SCAN looks at. */
const pageSize = 1000

/**
 * Goes through all keys of a kind that are there from the beginning to the end, on every primary, a page
 * at a time, each in groups that a script may take. A key may come twice.
 */
export async function scanKeys(
  { calls, keys, isCluster }: Parts,
  link: Link,
  kind: Kind,
  visit: (keys: readonly string[], bucket: Bucket) => Promise<void>,
): Promise<void> {
  const primaries = await calls.limit(() => link.primaries())
  if (primaries.length === 0) throw unavailable('No primary is known.')
  for (const primary of primaries) {
    const node = calls.over({ send: (_key, command) => primary.send(command) })
    for await (const page of pages(node, keys.pattern(kind))) {
      const groups = [...groupByBucket(page, isCluster)]
      await Promise.all(groups.map(([bucket, group]) => visit(group, bucket)))
    }
  }
}

async function* pages(node: Calls, pattern: string): AsyncGenerator<string[]> {
  let cursor = '0'
  do {
    const command = ['scan', cursor, 'match', pattern, 'count', String(pageSize)]
    const [next, page] = (await node.command('', command)) as readonly Reply[]
    cursor = toText(next) ?? '0'
    yield toTexts(page)
  } while (cursor !== '0')
}
