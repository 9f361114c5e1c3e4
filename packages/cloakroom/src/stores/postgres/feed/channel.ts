import { createHash } from 'node:crypto'

export interface ChannelPlace {
  readonly schema: string
  readonly prefix: string
}

/**
 * The channel of a set of tables. Channels are the whole database's, so its name tells which tables
 * it is about; hashed where that would be too long, or would need quotes.
 */
export function channelOf({ schema, prefix }: ChannelPlace): string {
  const name = `${schema}.${prefix}changes`
  if (/^[a-z0-9_.]{1,63}$/.test(name)) return name
  return `cloakroom_${createHash('sha256').update(name).digest('hex').slice(0, 32)}`
}
