import type { Database } from './database.ts'
import { migrations } from './migrations.ts'

/**
 * Brings the service's own tables up to date; of several processes at once, one does each step.
 * Cloakroom's tables in the same file are Cloakroom's business.
 * @throws {Error} if a newer version of the service has been at work on the file
 */
export async function migrate(database: Database): Promise<void> {
  await database.write(() => {
    database.exec(
      'create table if not exists service_migrations (version integer primary key) strict',
    )
    const row = database
      .prepare<{ version: number | null }>('select max(version) as version from service_migrations')
      .get()
    const current = row?.version ?? 0
    if (current > migrations.length) {
      throw new Error(
        `The database has version ${current} of the service's tables; this program knows ${migrations.length}. Start a newer one.`,
      )
    }
    const record = database.prepare('insert into service_migrations (version) values (?)')
    for (const [index, sql] of migrations.entries()) {
      if (index < current) continue
      database.exec(sql)
      record.run(index + 1)
    }
  })
}
