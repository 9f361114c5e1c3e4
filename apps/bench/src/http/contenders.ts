import { expressSessionCookies } from '../remote/express-session.ts'
import type { RemoteTarget } from '../remote/remote-target.ts'
import { asReceived } from '../workload/as-received.ts'
import { makeSignedTokens } from '../workload/signed-tokens.ts'
import type { Workload } from '../workload/workload.ts'
import type { Databases } from './databases.ts'
import { makeIronCookies } from './iron-cookies.ts'
import {
  type ApplicationSettings,
  type Authentication,
  type Framework,
  sessionCookie,
  type UserId,
} from './settings.ts'

/** An application that is compared, and what its clients show. */
export interface Contender {
  readonly name: string
  readonly settings: ApplicationSettings
  readonly header: 'authorization' | 'cookie'
  /** The header of each session's client. */
  readonly credentials: readonly string[]
  /** Headers that must be refused, by what is wrong with them. */
  readonly wrong: Readonly<Record<string, string>>
  /** Whom the answer to each session's client must name. */
  readonly users: readonly UserId[]
}

/** Those that the promises are about; `all` has others beside. */
export interface Contenders {
  readonly all: readonly Contender[]
  readonly hono: OnFramework
  readonly express: OnFramework
  /** Others that can revoke, each with the Cloakroom of the same framework and database. */
  readonly rivals: readonly { readonly rival: Contender; readonly cloakroom: Contender }[]
}

export interface OnFramework {
  readonly open: Contender
  readonly statement: Contender
  readonly map: Contender
  readonly sqlite: Contender
  readonly cached: Contender
  readonly postgres: Contender
  readonly valkey: Contender
}

const titles = { hono: 'Hono', express: 'Express', fastify: 'Fastify' } as const

export async function makeContenders(
  workload: Workload,
  databases: Databases,
): Promise<Contenders> {
  const hono = onFramework('hono', workload, databases)
  const express = onFramework('express', workload, databases)
  const betterAuth = makeBetterAuth(workload, databases)
  const session = makeExpressSession(workload, databases)
  const others = await makeUnrevocable(workload, databases)
  const rivals = [
    { rival: betterAuth.sqlite, cloakroom: hono.sqlite },
    { rival: betterAuth.postgres, cloakroom: hono.postgres },
    { rival: session.postgres, cloakroom: express.postgres },
    { rival: session.valkey, cloakroom: express.valkey },
  ]
  return {
    all: [
      ...Object.values(hono),
      ...Object.values(express),
      ...rivals.map(({ rival }) => rival),
      ...others,
    ],
    hono,
    express,
    rivals,
  }
}

function onFramework(
  framework: Framework,
  { owners }: Workload,
  { sqlite, postgres, valkey }: Databases,
): OnFramework {
  const users = Array.from(owners)
  const { place } = sqlite
  const { file, tokens, verifySql } = sqlite.sessions
  const make = (
    what: string,
    authentication: Authentication,
    sessions: { tokens: readonly string[]; endedToken: string } = sqlite.sessions,
    orders = place,
  ): Contender => ({
    name: `${what}, ${titles[framework]}`,
    settings: { framework, authentication, orders },
    header: 'cookie',
    credentials: sessions.tokens.map(cookie),
    wrong: {
      'the token of a session that has ended': cookie(sessions.endedToken),
      'no session cookie': 'theme=dark',
    },
    users,
  })
  return {
    open: openRoute(framework, users, sqlite.place),
    statement: make('statement and SHA-256 by hand, SQLite', {
      by: 'statement',
      file,
      sql: verifySql,
    }),
    map: make('SHA-256 and a map by hand', { by: 'map', tokens, users }),
    sqlite: make('Cloakroom, SQLite', { by: 'cloakroom', place }),
    cached: make('Cloakroom, leased cache', { by: 'cloakroom', place, cached: tokens }),
    postgres: make(
      'Cloakroom, PostgreSQL',
      { by: 'cloakroom', place: postgres.place },
      postgres.sessions,
      postgres.place,
    ),
    valkey: make('Cloakroom, Valkey', { by: 'cloakroom', place, valkey: valkey.url }, valkey),
  }
}

function openRoute(
  framework: Framework,
  owners: readonly UserId[],
  orders: ApplicationSettings['orders'],
): Contender {
  return {
    name: `no authentication, ${titles[framework]}`,
    settings: { framework, authentication: { by: 'nothing' }, orders },
    header: 'cookie',
    // As long a header as Cloakroom's: parsing it is not what is compared.
    credentials: owners.map(() => cookie(`cloak_${'A'.repeat(70)}`)),
    wrong: {},
    users: owners.map(() => 1),
  }
}

function cookie(token: string): string {
  return asReceived(`${sessionCookie}=${token}`)
}

function makeBetterAuth(
  { owners }: Workload,
  { betterAuth }: Databases,
): Record<'sqlite' | 'postgres', Contender> {
  const make = (database: 'sqlite' | 'postgres', title: string): Contender => {
    const { place, sessions } = betterAuth[database]
    const { secret, cookies, wrongCookies, userIds } = sessions
    return {
      name: `Better Auth, ${title}, Hono`,
      settings: {
        framework: 'hono',
        authentication: { by: 'better-auth', place, secret },
        orders: place,
      },
      header: 'cookie',
      credentials: cookies,
      wrong: wrongCookies,
      users: Array.from(owners, (user) => userIds[user] as string),
    }
  }
  return { sqlite: make('sqlite', 'SQLite'), postgres: make('postgres', 'PostgreSQL') }
}

function makeExpressSession(
  { owners }: Workload,
  { sqlite, postgres, valkey }: Databases,
): Record<'postgres' | 'valkey', Contender> {
  const make = (
    store: string,
    place: ApplicationSettings['orders'],
    { credentials, wrong }: Pick<RemoteTarget<string>, 'credentials' | 'wrong'>,
    url?: string,
  ): Contender => ({
    name: `express-session, ${store}, Express`,
    settings: {
      framework: 'express',
      authentication: { by: 'express-session', place, ...(url !== undefined && { valkey: url }) },
      orders: place,
    },
    header: 'cookie',
    credentials,
    wrong,
    users: Array.from(owners),
  })
  return {
    postgres: make(
      'connect-pg-simple',
      postgres.place,
      expressSessionCookies(postgres.sessions.connectIds),
    ),
    valkey: make(
      'connect-redis',
      sqlite.place,
      expressSessionCookies(valkey.connectIds),
      valkey.url,
    ),
  }
}

/** Signed or sealed, with the user's number in it: nobody asks whether the session still exists. */
async function makeUnrevocable(workload: Workload, { sqlite }: Databases): Promise<Contender[]> {
  const users = Array.from(workload.owners)
  const orders = sqlite.place
  const hs256 = await makeSignedTokens('HS256', workload)
  const es256 = await makeSignedTokens('ES256', workload)
  const iron = await makeIronCookies(workload)
  const bearer = (token: string) => asReceived(`Bearer ${token}`)
  const signed = (
    name: string,
    framework: Framework,
    authentication: Authentication,
    { tokens, wrongTokens }: typeof hs256,
  ): Contender => ({
    name: `${name}, ${titles[framework]}`,
    settings: { framework, authentication, orders },
    header: 'authorization',
    credentials: tokens.map(bearer),
    wrong: Object.fromEntries(
      Object.entries(wrongTokens).map(([what, token]) => [what, bearer(token)]),
    ),
    users,
  })
  const secret = hs256.key as Buffer
  const key = (es256.key as Exclude<typeof es256.key, Buffer>).export({
    type: 'spki',
    format: 'pem',
  })
  return [
    {
      name: 'iron-session, Express',
      settings: {
        framework: 'express',
        authentication: { by: 'iron-session', password: iron.password },
        orders,
      },
      header: 'cookie',
      credentials: iron.credentials,
      wrong: iron.wrong,
      users,
    },
    openRoute('fastify', users, orders),
    signed('@fastify/jwt HS256', 'fastify', { by: 'fastify-jwt', secret }, hs256),
    signed('jose HS256', 'hono', { by: 'jose', algorithm: 'HS256', key: secret }, hs256),
    signed('jose ES256', 'hono', { by: 'jose', algorithm: 'ES256', key: String(key) }, es256),
  ]
}
