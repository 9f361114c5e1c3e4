import { createAccounts, nobody } from './accounts/accounts.ts'
import { administration } from './accounts/administration.ts'
import { createAuditLog } from './accounts/audit-log.ts'
import { passwordCheck } from './accounts/check-password.ts'
import { createInvites } from './accounts/invites.ts'
import { ownAccount } from './accounts/own-account.ts'
import { createPasswords, type Passwords } from './accounts/passwords.ts'
import { setUpWith } from './accounts/set-up.ts'
import { createSetupCode } from './accounts/setup-code.ts'
import { signInWith } from './accounts/sign-in.ts'
import { signUpWith } from './accounts/sign-up.ts'
import { createThrottle } from './accounts/throttle.ts'
import type { Config } from './config.ts'
import { openDatabase } from './database/database.ts'
import { reasonOf } from './database/failure.ts'
import type { Log } from './log.ts'
import { createClients } from './oauth/clients.ts'
import { type KeyEncryptionKeys, keyEncryptionKeysBeside } from './oauth/key-encryption-key.ts'
import { openOAuth } from './oauth/open-oauth.ts'
import { observeSessions } from './observe-sessions.ts'
import { openSessions } from './open-sessions.ts'
import { runPeriodically } from './run-periodically.ts'
import type { Service } from './service.ts'

export interface ServiceOptions {
  readonly config: Pick<
    Config,
    | 'database'
    | 'cacheLeaseSeconds'
    | 'dangerouslySharedCookieDomain'
    | 'sessionStoreUrl'
    | 'setupCode'
    | 'signUp'
    | 'auditRetentionDays'
    | 'audiences'
    | 'keyEncryptionKeys'
  > & { readonly origin: string }
  readonly log: Log
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
  /** The same for sessions, of which a server's own clock decides. Default `clock`. */
  readonly sessionClock?: () => number
  /** Default: `createPasswords()`. */
  readonly passwords?: Passwords
}

export interface RunningService {
  readonly service: Service
  /** Makes the code for the first administrator; `undefined` if there is one, or the code is preset. */
  issueSetupCode(): Promise<string | undefined>
  /** Rejects when the database does not answer. */
  checkDatabase(): Promise<void>
  close(): Promise<void>
}

/** Opens the database and puts the service together. */
export async function createService(options: ServiceOptions): Promise<RunningService> {
  const { config, log, clock = Date.now, sessionClock = clock } = options
  const onError = (error: unknown) =>
    log('sys_crash', { level: 'ERROR', reason: 'background', error })

  const database = await namingWhoFails('DATABASE_URL', async () => {
    const database = await openDatabase(config.database)
    await database.migrate()
    return database
  })
  const accounts = createAccounts(database, clock)
  const { origin, dangerouslySharedCookieDomain, sessionStoreUrl, audiences } = config
  const { cacheLeaseSeconds } = config
  const hasOAuth = Object.keys(audiences).length > 0
  const sessionVariable = sessionStoreUrl === undefined ? 'DATABASE_URL' : 'SESSION_STORE_URL'
  const sessions = await namingWhoFails(sessionVariable, () =>
    openSessions({
      origin,
      dangerouslySharedCookieDomain,
      database,
      address: config.database,
      sessionStoreUrl,
      hasFeed: hasOAuth,
      cacheLeaseSeconds,
      onError,
      clock: sessionClock,
    }),
  )
  const auth = observeSessions(sessions.auth, log)

  const throttle = createThrottle(database, clock, onError)
  const invites = createInvites(database, clock)
  const setupCode = createSetupCode(database, clock, config.setupCode)
  const auditLog = createAuditLog(database, clock, config.auditRetentionDays)
  const clients = createClients(database, clock)
  const openedOAuth = !hasOAuth
    ? undefined
    : await namingWhoFails('AUDIENCES', () =>
        openOAuth({
          auth: sessions.auth,
          // Valkey's feed names users, and what is told of a user ends tokens of the same second.
          tellsEnded: sessionStoreUrl === undefined,
          origin,
          audiences,
          keyEncryptionKeys: keysOf(config),
          clients,
          throttle,
          log,
          onError,
          clock: sessionClock,
        }),
      )
  const oauth = openedOAuth?.oauth
  const passwords = options.passwords ?? (await createPasswords())
  const checkPassword = passwordCheck({ accounts, passwords, throttle, log })
  const policy = config.signUp
  const words = wordsOf(origin)
  const setupIsOpen = async () => !(await accounts.hasAdministrator(database))
  const shared = {
    auth,
    database,
    accounts,
    passwords,
    throttle,
    invites,
    setupCode,
    auditLog,
    oauth,
    log,
  }

  const stopCleaning = runPeriodically(3_600_000, onError, async () => {
    await throttle.prune()
    await invites.prune()
    await auditLog.prune()
  })

  const service: Service = Object.freeze<Service>({
    auth,
    signUpPolicy: async () => (policy === 'closed' && (await setupIsOpen()) ? 'invite' : policy),
    setupIsOpen,
    signUp: signUpWith({ ...shared, policy, words }),
    ...signInWith({ ...shared, checkPassword }),
    setUp: setUpWith(shared),
    ...ownAccount({ ...shared, checkPassword, words }),
    admin: Object.freeze(administration(shared)),
    oauth,
  })

  return {
    service,
    async issueSetupCode() {
      const needed = config.setupCode === undefined && (await setupIsOpen())
      return needed ? setupCode.issue() : undefined
    },
    async checkDatabase() {
      await setupIsOpen()
      await auth.blockedAt(nobody)
    },
    async close() {
      await stopCleaning()
      await openedOAuth?.close()
      await sessions.close()
      await database.close()
    },
  }
}

/** Tells whoever starts the service which setting to look at. */
async function namingWhoFails<Result>(
  variable: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    throw new Error(`${variable}: ${reasonOf(cause)}`, { cause })
  }
}

function keysOf({ database, keyEncryptionKeys }: ServiceOptions['config']): KeyEncryptionKeys {
  if (keyEncryptionKeys !== undefined) return keyEncryptionKeys
  if (database.kind === 'sqlite') return keyEncryptionKeysBeside(database.path)
  throw new Error('KEY_ENCRYPTION_KEY is not set')
}

function wordsOf(origin: string): readonly string[] {
  return ['cloakroom', ...new URL(origin).hostname.split('.')]
}
