import { Redis } from 'iovalkey'
import { expiredForMs, field } from '../src/stores/valkey/row.ts'

/**
 * Makes everything under the prefix so much older. Without a `#!` line a script may go through the
 * keys of all slots of its node.
 */
const age = `
local prefix, ms = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, key in ipairs(redis.call('KEYS', prefix .. 's:*')) do
  local row = cmsgpack.unpack(redis.call('GET', key))
  for _, at in ipairs({${field.created}, ${field.seen}, ${field.expires}, ${field.authenticated}, ${field.renewed}}) do
    if row[at] then row[at] = row[at] - ms end
  end
  if row[${field.expires}] + ${expiredForMs} <= now then redis.call('DEL', key)
  else redis.call('SET', key, cmsgpack.pack(row), 'PXAT', row[${field.expires}] + ${expiredForMs}) end
end
for _, key in ipairs(redis.call('KEYS', prefix .. 'i:*')) do
  local entries = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  for at = 1, #entries, 2 do redis.call('ZINCRBY', key, -ms, entries[at]) end
  redis.call('PEXPIREAT', key, redis.call('PEXPIRETIME', key) - ms)
end
for _, key in ipairs(ARGV[3] == 'all' and redis.call('KEYS', prefix .. 'u:*') or {}) do
  if redis.call('HEXISTS', key, 'blocked') == 1 then redis.call('HINCRBY', key, 'blocked', -ms) end
  local expires = redis.call('PEXPIRETIME', key)
  if expires > 0 then redis.call('PEXPIREAT', key, expires - ms) end
end
`

const remove = `
for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do redis.call('DEL', key) end
`

export interface TestKeys {
  /** @param which `sessions`: not what is kept of users, changes to which are told. */
  age(ms: number, which?: 'all' | 'sessions'): Promise<void>
  /** Removes them all. */
  remove(): Promise<void>
  close(): void
}

/** What is under a prefix on these servers, over connections of its own. */
export function testKeys(urls: readonly string[], prefix: string): TestKeys {
  const nodes = urls.map((url) => new Redis(url, { lazyConnect: true }))
  const onEach = async (script: string, ...args: string[]): Promise<void> => {
    await Promise.all(nodes.map((node) => node.eval(script, 0, prefix, ...args)))
  }
  return {
    age: (ms, which = 'all') => onEach(age, String(Math.round(ms)), which),
    remove: () => onEach(remove),
    close() {
      for (const node of nodes) node.disconnect()
    },
  }
}
