import type { Migrations, StoreFactory } from '../../core/store.ts'
import type { UsersTable } from '../../core/user.ts'
import { type MysqlPool, mysql } from '../../stores/mysql/index.ts'
import { type Connecting, connectTimeoutSeconds } from './connecting.ts'
import { importDriver } from './import-driver.ts'
import { withoutReplacing } from './without-replacing.ts'

interface Mysql2 {
  createPool(options: object): MysqlPool
}

export async function connectMysql({
  location,
  naming,
  feed,
  directory,
}: Connecting): Promise<StoreFactory<UsersTable>> {
  const { module } = await importDriver<Mysql2>('MySQL', ['mysql2'], directory)
  const connectTimeout = connectTimeoutSeconds * 1000
  const pool = module.createPool({ uri: location, connectionLimit: 2, connectTimeout })
  const { schema, ...prefix } = naming
  const factory = mysql(pool, {
    ...prefix,
    feed,
    ...(schema !== undefined && { database: schema }),
  })
  const migrations = factory.migrations as Migrations<UsersTable>
  return {
    ...factory,
    migrations: withoutReplacing(migrations, async (definition) => {
      const statements = await migrations.pending(definition)
      const isOther = statements.some((each) => each.startsWith('drop trigger'))
      return isOther ? 'the triggers of the feed are' : undefined
    }),
  }
}
