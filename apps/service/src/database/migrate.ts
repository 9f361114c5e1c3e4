import type { Queries } from './database.ts'

/**
 * Runs those of the steps that were not run yet. To be called by one at a time.
 * @throws {Error} if a newer version of the service has been at work here
 */
export async function applySteps(
  queries: Queries,
  steps: readonly string[],
  runScript: (script: string) => Promise<void>,
): Promise<void> {
  await queries.run('create table if not exists service_migrations (version integer primary key)')
  const row = await queries.one<{ version: number | null }>(
    'select max(version) as version from service_migrations',
  )
  const current = row?.version ?? 0
  if (current > steps.length) {
    throw new Error(
      `The database has version ${current} of the service's tables; this program knows ${steps.length}. Start a newer one.`,
    )
  }
  for (const [index, script] of steps.entries()) {
    if (index < current) continue
    await runScript(script)
    await queries.run('insert into service_migrations (version) values (?)', index + 1)
  }
}
