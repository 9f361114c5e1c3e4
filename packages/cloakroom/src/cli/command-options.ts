/** Every option of every command; the same name means the same everywhere. */
export const commandOptions = {
  config: {
    type: 'string',
    value: 'file',
    text: 'Module with the options of cloakroom({ … }), as "options" or as default',
  },
  database: {
    type: 'string',
    value: 'url',
    text: 'SQLite file, or URL: postgres:, mysql:, mariadb:, valkey:, redis:',
  },
  'id-type': {
    type: 'string',
    value: 'type',
    text: 'Type of the user ids, with a URL: text, uuid, integer or bigint',
  },
  'users-table': { type: 'string', value: 'table', text: 'The users table. Default: users' },
  'id-column': { type: 'string', value: 'column', text: 'Its key. Default: id' },
  active: {
    type: 'string',
    value: 'sql',
    text: 'Condition for users who may be signed in, such as "not banned"',
  },
  prefix: {
    type: 'string',
    value: 'name',
    text: "Begins the names of Cloakroom's tables or keys",
  },
  schema: {
    type: 'string',
    value: 'name',
    text: "PostgreSQL's schema, or MySQL's database, of Cloakroom's tables",
  },
  feed: { type: 'boolean', text: 'With a database URL: make the triggers of the feed, too' },
  print: { type: 'boolean', text: 'Print the SQL statements, and change nothing' },
  except: { type: 'string', value: 'session-id', text: 'Keep this session of the user' },
  everybody: { type: 'boolean', text: 'All sessions of all users' },
  replicated: {
    type: 'boolean',
    text: 'Wait until the replicas of the database have it too',
  },
  settled: {
    type: 'boolean',
    text: 'Wait until no process can accept them from its cache any more',
  },
  yes: { type: 'boolean', short: 'y', text: 'Do not ask for confirmation' },
  json: { type: 'boolean', text: 'Print the result as JSON' },
  help: { type: 'boolean', short: 'h', text: 'Print this help' },
  version: { type: 'boolean', text: 'Print the version' },
} as const

export type OptionName = keyof typeof commandOptions

export type OptionValues = {
  readonly [Name in OptionName]?: (typeof commandOptions)[Name]['type'] extends 'boolean'
    ? true
    : string
}

/** What, without a config, says how the database is made. */
export const tableOptions = [
  'id-type',
  'users-table',
  'id-column',
  'active',
  'prefix',
  'schema',
] as const

export const databaseOptions: readonly OptionName[] = ['config', 'database', ...tableOptions]

export const commonOptions: readonly OptionName[] = ['json', 'help']

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(commandOptions, name)
}
