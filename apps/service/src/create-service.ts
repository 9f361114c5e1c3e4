import { cloakroom } from 'cloakroom'
import { sqlite } from 'cloakroom/sqlite'
import { createAccounts } from './accounts/accounts.ts'
import { administration } from './accounts/administration.ts'
import { createAuditLog } from './accounts/audit-log.ts'
import { passwordCheck } from './accounts/check-password.ts'
import { createInvites } from './accounts/invites.ts'
import { ownAccount } from './accounts/own-account.ts'
import { createPasswords, type PasswordOptions } from './accounts/passwords.ts'
import { setUpWith } from './accounts/set-up.ts'
import { createSetupCode } from './accounts/setup-code.ts'
import { signInWith } from './accounts/sign-in.ts'
import { signUpWith } from './accounts/sign-up.ts'
import { createThrottle } from './accounts/throttle.ts'
import type { Config } from './config.ts'
import { connect, openDatabase } from './database/database.ts'
import { migrate } from './database/migrate.ts'
import type { Log } from './log.ts'
import { noData } from './no-data.ts'
import { observeSessions } from './observe-sessions.ts'
import { runPeriodically } from './run-periodically.ts'
import type { Service } from './service.ts'

export interface ServiceOptions {
  readonly config: Pick<Config, 'databasePath' | 'setupCode' | 'signUp' | 'auditRetentionDays'> & {
    readonly origin: string
  }
  readonly log: Log
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
  readonly passwords?: PasswordOptions
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
  const { config, log, clock = Date.now } = options
  const onError = (error: unknown) =>
    log('sys_crash', { level: 'ERROR', reason: 'background', error })

  const database = openDatabase(config.databasePath)
  await migrate(database)
  const sessionsHandle = connect(config.databasePath)
  const auth = observeSessions(
    await cloakroom({
      origin: config.origin,
      store: sqlite(sessionsHandle, { migrate: true }),
      users: {
        table: 'users',
        id: { type: 'uuid' },
        active: 'not banned',
        select: { email: 'text', admin: 'boolean' },
      },
      data: noData,
      transports: ['cookie', 'bearer'],
      // Nobody has so many devices, and a script that signs in again and again stays harmless.
      maxSessionsPerUser: { limit: 100, whenReached: 'end_oldest' },
      onError,
      clock,
    }),
    log,
  )

  const accounts = createAccounts(database, clock)
  const throttle = createThrottle(database, clock, onError)
  const invites = createInvites(database, clock)
  const setupCode = createSetupCode(database, clock, config.setupCode)
  const auditLog = createAuditLog(database, clock, config.auditRetentionDays)
  const passwords = await createPasswords(options.passwords)
  const checkPassword = passwordCheck({ accounts, passwords, throttle, log })
  const policy = config.signUp
  const words = wordsOf(config.origin)
  const shared = {
    auth,
    database,
    accounts,
    passwords,
    throttle,
    invites,
    setupCode,
    auditLog,
    log,
  }

  const stopCleaning = runPeriodically(3_600_000, onError, async () => {
    await throttle.prune()
    await invites.prune()
    await auditLog.prune()
  })

  const service: Service = Object.freeze<Service>({
    auth,
    get signUpPolicy() {
      return policy === 'closed' && !accounts.hasAdministrator() ? 'invite' : policy
    },
    setupIsOpen: () => !accounts.hasAdministrator(),
    signUp: signUpWith({ ...shared, policy, words }),
    signIn: signInWith({ ...shared, checkPassword }),
    setUp: setUpWith(shared),
    ...ownAccount({ ...shared, checkPassword, words }),
    admin: Object.freeze(administration(shared)),
  })

  return {
    service,
    async issueSetupCode() {
      const needed = config.setupCode === undefined && !accounts.hasAdministrator()
      return needed ? setupCode.issue() : undefined
    },
    async checkDatabase() {
      accounts.hasAdministrator()
      await auth.blockedAt(nobody)
    },
    async close() {
      await stopCleaning()
      await auth.close()
      sessionsHandle.close()
      database.close()
    },
  }
}

const nobody = '00000000-0000-4000-8000-000000000000'

function wordsOf(origin: string): readonly string[] {
  return ['cloakroom', ...new URL(origin).hostname.split('.')]
}
