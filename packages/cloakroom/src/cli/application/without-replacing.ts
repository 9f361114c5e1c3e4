import type { Migrations } from '../../core/store.ts'
import type { UsersTable } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'

type TableMigrations = Migrations<UsersTable>
type Definition = Parameters<TableMigrations['pending']>[0]

/**
 * What depends on the application's `active` is not replaced where nobody has said it: a function without it
 * would let everybody in, and triggers without it would tell less than the application relies on.
 *
 * @param replaces Which of these, if the migration replaced one.
 */
export function withoutReplacing(
  { pending, migrate }: TableMigrations,
  replaces: (definition: Definition) => Promise<string | undefined>,
): TableMigrations {
  async function check(definition: Definition): Promise<void> {
    const what = definition.users.active === undefined ? await replaces(definition) : undefined
    if (what === undefined) return
    throw new CloakroomError(
      'schema_mismatch',
      `The tables are there, and ${what} not what they would be without --active. Migrate with the application's --config, or say --active as it does.`,
    )
  }

  return {
    async pending(definition) {
      await check(definition)
      return pending(definition)
    },
    async migrate(definition) {
      await check(definition)
      return migrate(definition)
    },
  }
}
