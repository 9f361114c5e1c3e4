// Servers for tests: private, on ports of their own, gone with the process that started them.
export {
  freshMysqlDatabase,
  freshPostgresDatabase,
  freshPostgresSchema,
} from './fresh-database.ts'
export type { PrivateServer } from './private-server.ts'
export { queryPostgres } from './query-postgres.ts'
export {
  sharedMariadb,
  sharedPostgres,
  sharedValkey,
  sharedValkeyCluster,
} from './shared-servers.ts'
export { startCaddy } from './start-caddy.ts'
export { startMariadb } from './start-mariadb.ts'
export { startNginx } from './start-nginx.ts'
export { startPostgres } from './start-postgres.ts'
export { type FaultyProxy, startProxy } from './start-proxy.ts'
export { type ReplicatedPostgres, startReplicatedPostgres } from './start-replicated-postgres.ts'
export { startValkey } from './start-valkey.ts'
export { startValkeyCluster, type ValkeyCluster } from './start-valkey-cluster.ts'
export { startValkeySentinel, type ValkeySentinel } from './start-valkey-sentinel.ts'
export { waitUntil } from './wait-until.ts'
