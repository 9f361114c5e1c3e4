/** As the application knows its users: Better Auth has ids of its own. */
export type UserId = number | string

export type Framework = 'hono' | 'express' | 'fastify'

/** Where an application keeps its orders and, if it has any, its users and sessions. */
export type Place =
  | { readonly database: 'sqlite'; readonly file: string }
  | { readonly database: 'postgres'; readonly url: string }

/** How an application finds out who sends a request. */
export type Authentication =
  | { readonly by: 'nothing' }
  /** The statement of Cloakroom's `verify` on the bare driver, and SHA-256 of the secret. */
  | { readonly by: 'statement'; readonly file: string; readonly sql: string }
  /** SHA-256 of the token, and a map of all of them. */
  | {
      readonly by: 'map'
      readonly tokens: readonly string[]
      readonly users: readonly UserId[]
    }
  | {
      readonly by: 'cloakroom'
      readonly place: Place
      /** The URL of a Valkey that has the sessions; `place` still has the users. */
      readonly valkey?: string
      /** Verifies from memory, where all of these are from the start. */
      readonly cached?: readonly string[]
    }
  | { readonly by: 'better-auth'; readonly place: Place; readonly secret: string }
  | { readonly by: 'express-session'; readonly place: Place; readonly valkey?: string }
  | { readonly by: 'iron-session'; readonly password: string }
  | { readonly by: 'fastify-jwt'; readonly secret: Buffer }
  | { readonly by: 'jose'; readonly algorithm: 'HS256' | 'ES256'; readonly key: Buffer | string }

export type AuthenticationBy<By extends Authentication['by']> = Extract<Authentication, { by: By }>

/** What the process of an application is told. */
export interface ApplicationSettings {
  readonly framework: Framework
  readonly authentication: Authentication
  /** Where its second route finds the orders of the user. */
  readonly orders: Place
}

/** Cloakroom's on an origin without TLS; those by hand read the same one. */
export const sessionCookie = 'cloakroom-session'

/** iron-session has no default. */
export const ironCookie = 'iron-session'
