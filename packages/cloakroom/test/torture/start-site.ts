import { startPostgresSite } from './postgres-site.ts'
import type { Site } from './site.ts'
import { startValkeyClusterSite } from './valkey-cluster-site.ts'
import { startValkeySite } from './valkey-site.ts'

export type SiteName = 'postgres' | 'valkey' | 'valkey-cluster'

const starters: Readonly<Record<SiteName, () => Promise<Site>>> = {
  postgres: startPostgresSite,
  valkey: startValkeySite,
  'valkey-cluster': startValkeyClusterSite,
}

export const siteNames: readonly SiteName[] = Object.keys(starters) as SiteName[]

export function startSite(name: SiteName): Promise<Site> {
  return starters[name]()
}
