import type { createClient } from 'redis'
import type { Sent } from '../remote-target.ts'

export type Client = ReturnType<typeof createClient>

const writing = /^(?:set|setex|psetex|expire|pexpire|pexpireat|hset|zadd|zrem|del|unlink|getex)$/

/**
 * What the server was sent, by its own counters: no other target may run meanwhile.
 *
 * @param isSent The server counts what a script calls beside the script: whether a command is one
 * that a client sends.
 */
export async function countSent(
  client: Client,
  isSent: (command: string) => boolean = () => true,
): Promise<Sent> {
  let [statements, writes] = [0, 0]
  for (const line of (await client.info('commandstats')).split('\r\n')) {
    const [, command = '', calls = '0'] = /^cmdstat_([^:|]+)[^:]*:calls=(\d+)/.exec(line) ?? []
    if (command !== 'info' && isSent(command)) statements += Number(calls)
    if (writing.test(command)) writes += Number(calls)
  }
  return { statements, writes }
}
