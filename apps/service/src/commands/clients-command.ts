import { parseArgs } from 'node:util'
import { createAuditLog } from '../accounts/audit-log.ts'
import { type Config, ConfigError, readConfig } from '../config.ts'
import { type Database, openDatabase, type Queries } from '../database/database.ts'
import { reasonOf } from '../database/failure.ts'
import { type Client, createClients } from '../oauth/clients.ts'
import { ClientInputError, checkNewClient } from '../oauth/new-client.ts'

const help = `The OAuth clients of this service, in the database that DATABASE_URL names.

npm start -- clients list
npm start -- clients add NAME [--confidential] [--serves AUDIENCE] [--grant 'AUDIENCE SCOPE…']…
npm start -- clients renew-secret ID       a new secret; the one before it stays valid
npm start -- clients drop-old-secret ID    the one before it is valid no more
npm start -- clients remove ID

  --confidential  It can keep a secret, as a program on a server can, and an app on a phone cannot.
  --grant         What it may get tokens for when users sign in to it. May be repeated.
  --serves        The audience whose tokens it introspects. Takes --confidential.

AUDIENCES must be set as it is for the service.
`

interface Streams {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

interface Parts {
  readonly config: Config
  readonly database: Database
}

/** Wrong use of the command, in words for whoever typed it. */
class UsageError extends Error {}

/** Resolves with the exit code: 0, 1 for a failure, 2 for wrong use. */
export async function runClientsCommand(
  args: readonly string[],
  { env, stdout, stderr }: Streams,
): Promise<number> {
  try {
    stdout.write(await run(args, env))
    return 0
  } catch (error) {
    const isUsage = error instanceof UsageError || isParseError(error)
    stderr.write(`${explain(error)}\n${isUsage ? `\n${help}` : ''}`)
    return isUsage ? 2 : 1
  }
}

async function run(args: readonly string[], env: Streams['env']): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      confidential: { type: 'boolean', default: false },
      serves: { type: 'string', default: '' },
      grant: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [verb = '', subject = '', ...surplus] = positionals
  if (values.help) return help
  const { confidential, serves, grant } = values
  const input = { name: subject, confidential, serves, grants: grant.join('; ') }
  const verbs: Record<string, (parts: Parts) => Promise<string>> = {
    list,
    add: (parts) => add(parts, input),
    'renew-secret': (parts) => renewSecret(parts, subject),
    'drop-old-secret': (parts) => dropOldSecret(parts, subject),
    remove: (parts) => remove(parts, subject),
  }
  const action = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  if (action === undefined) throw new UsageError('Say what to do with the clients.')
  if (surplus.length > 0 || (verb === 'list') !== (subject === '')) {
    throw new UsageError(verb === 'list' ? 'list takes nothing more.' : `${verb} takes one thing.`)
  }
  const config = readConfig(env)
  if (Object.keys(config.audiences).length === 0) {
    throw new Error('AUDIENCES is not set, so there is nothing that clients could get tokens for.')
  }
  const database = await openDatabase(config.database)
  try {
    await database.migrate()
    return await action({ config, database })
  } finally {
    await database.close()
  }
}

async function list({ database }: Parts): Promise<string> {
  const clients = await createClients(database, Date.now).list()
  return clients.map(describe).join('\n')
}

async function add(parts: Parts, input: Parameters<typeof checkNewClient>[0]): Promise<string> {
  const wanted = checkNewClient(input, parts.config.audiences)
  const clients = createClients(parts.database, Date.now)
  const { client, secret } = await recorded(parts, 'client_added', wanted.name, (queries) =>
    clients.add(queries, wanted),
  )
  return `CLIENT_ID=${client.id}\n${secretLine(secret)}`
}

async function renewSecret(parts: Parts, id: string): Promise<string> {
  const clients = createClients(parts.database, Date.now)
  const secret = await recorded(parts, 'client_secret_renewed', id, async (queries) =>
    orUnknown(await clients.renewSecret(queries, id)),
  )
  return secretLine(secret)
}

async function dropOldSecret(parts: Parts, id: string): Promise<string> {
  const clients = createClients(parts.database, Date.now)
  await recorded(parts, 'client_secret_dropped', id, async (queries) =>
    orUnknown((await clients.dropOldSecret(queries, id)) || undefined),
  )
  return ''
}

async function remove(parts: Parts, id: string): Promise<string> {
  const clients = createClients(parts.database, Date.now)
  await recorded(parts, 'client_removed', id, async (queries) =>
    orUnknown((await clients.remove(queries, id)) || undefined),
  )
  return ''
}

/** With an entry in the audit log, of which nobody who is signed in is the author. */
function recorded<Result>(
  { config, database }: Parts,
  action: string,
  detail: string,
  work: (queries: Queries) => Promise<Result>,
): Promise<Result> {
  const auditLog = createAuditLog(database, Date.now, config.auditRetentionDays)
  const nobody = { actorId: null, actorEmail: null, targetId: null, targetEmail: null, ip: null }
  return database.transaction(async (queries) => {
    await auditLog.append(queries, { ...nobody, action, detail: `${detail} (command line)` })
    return work(queries)
  })
}

function orUnknown<Value>(value: Value | undefined): Value {
  if (value !== undefined) return value
  throw new Error('There is no such client, or it has no such secret.')
}

function describe({ id, name, confidential, hasOldSecret, serves, grants }: Client): string {
  const lines = [
    `${id}  ${name}`,
    `  ${confidential ? 'confidential' : 'public'}${hasOldSecret ? ', two secrets' : ''}`,
    ...(serves === null ? [] : [`  serves ${serves}`]),
    ...Object.entries(grants).map((grant) => `  gets tokens for ${grant.flat().join(' ')}`),
  ]
  return `${lines.join('\n')}\n`
}

function secretLine(secret: string | undefined): string {
  return secret === undefined ? '' : `CLIENT_SECRET=${secret}\n`
}

function isParseError(error: unknown): boolean {
  return String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.join('\n')
  if (error instanceof ClientInputError) return `${optionNames[error.field]} ${error.message}.`
  return reasonOf(error)
}

const optionNames = {
  name: 'NAME',
  confidential: '--confidential',
  serves: '--serves',
  grants: '--grant',
} as const
