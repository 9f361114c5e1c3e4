import { migrate, pendingMigrations } from '../../core/migrate.ts'
import type { Application } from '../application/application.ts'
import type { Command, Report } from '../command.ts'

export const migrateCommand: Command = {
  words: ['migrate'],
  parameters: [],
  options: ['print', 'feed'],
  summary: "Make Cloakroom's tables, or bring them up to date",
  description: `Does nothing where they are up to date, and refuses tables of a later version. Safe to
run from several machines at once. The users table has to be there. It is only read; but the feed,
where a config or --feed asks for it, puts triggers on it. Functions and triggers are made for
the users that are named here, in place of those that were there: with a URL, say --active as
the application does, or use its own options.`,
  examples: [
    'migrate --config auth.ts',
    'migrate --database app.db --id-type integer --print',
    'migrate --database postgres://app@db/app --id-type uuid --active banned=false --feed',
  ],
  async run({ application, options }) {
    if (application.store.migrations === undefined) return nothingToMake(application, options.print)
    return options.print ? print(application) : run(application)
  },
}

async function run(application: Application): Promise<Report> {
  const pending = await pendingMigrations(application)
  const { from, to } = await migrate(application)
  return { json: { from, to }, text: sentence(from, to, application.name, pending.length > 0) }
}

function sentence(from: number, to: number, name: string, isChanged: boolean): string {
  // Of the same version, and still something to make: what is made for the users option.
  if (from === to && isChanged) {
    return `Made the functions and triggers in ${name} for these users. The tables were up to date (version ${to}).`
  }
  if (from === to) return `The tables in ${name} are up to date (version ${to}).`
  if (from === 0) return `Made the tables in ${name} (version ${to}).`
  return `Brought the tables in ${name} from version ${from} to ${to}.`
}

async function print(application: Application): Promise<Report> {
  const statements = await pendingMigrations(application)
  const script = statements.map((each) => each.trimEnd().replace(/;?$/, ';')).join('\n\n')
  return { json: { statements }, text: script || '-- The tables are up to date.' }
}

function nothingToMake({ name }: Application, print: true | undefined): Report {
  return {
    json: print ? { statements: [] } : { from: null, to: null },
    text: `${print ? '-- ' : ''}There are no tables to make in ${name}.`,
  }
}
