import type { ValkeyClient } from 'cloakroom/valkey'

export function withoutWait(client: ValkeyClient): ValkeyClient {
  return client
}
