import { CloakroomError } from '../errors.ts'

/** A user id as the API shows it: `bigint` and `uuid` ids are strings, `integer` ids numbers. */
export type UserId = string | number

/** What every user has, whatever columns `users.select` adds to it. */
export interface AnyUser {
  readonly id: UserId
}

/** Types that `users.id` may have. `bigint` is a 64-bit integer that the API shows as a string. */
export type UserIdType = 'text' | 'uuid' | 'integer' | 'bigint'

/** Types that a selected column may have. `bigint` is a 64-bit integer shown as a string. */
export type ColumnType = 'text' | 'uuid' | 'integer' | 'bigint' | 'real' | 'boolean'

/** A column of the application's users table. */
export interface Column<Type extends ColumnType = ColumnType> {
  /** The column's name. Default: the property's own name. */
  readonly column?: string
  readonly type: Type
  /** Whether the column may be null. Default false; a nullable column of the database must say so. */
  readonly nullable?: boolean
}

/**
 * The application's own users table. Nothing is written to it. It is joined in the one query that
 * verifies a session, so a plain SQL `update` of it is effective on the next request.
 */
export interface UsersTable {
  /** The table's name, or `schema.table`. */
  readonly table: string
  /** Its key: one column, unique. */
  readonly id: { readonly column?: string; readonly type: UserIdType }
  /**
   * SQL condition on the table's own columns, true for users who may be signed in, for example
   * `not banned and deleted_at is null`. Null counts as false. Default: every user may.
   *
   * It is part of the statement's text: write it in the source, never build it from input.
   */
  readonly active?: string
  /** Columns that `user` has beside `id`. Default: none. */
  readonly select?: Readonly<Record<string, ColumnType | Column>>
}

/** For stores that have no users table to join (memory, Valkey). */
export interface UsersLoader<User extends AnyUser = AnyUser> {
  readonly idType?: UserIdType
  /** The user, or `undefined` when there is none or it may not be signed in. Called at each verify. */
  load(id: User['id']): User | undefined | Promise<User | undefined>
}

export type Users = UsersTable | UsersLoader

type ValueOf<Type extends ColumnType> = Type extends 'boolean'
  ? boolean
  : Type extends 'integer' | 'real'
    ? number
    : string

type SelectedValue<C> = C extends ColumnType
  ? ValueOf<C>
  : C extends { type: infer Type extends ColumnType; nullable: true }
    ? ValueOf<Type> | null
    : C extends { type: infer Type extends ColumnType }
      ? ValueOf<Type>
      : never

type Simplify<T> = { readonly [K in keyof T]: T[K] }

/** The type of `user` that follows from the `users` option. */
export type UserOf<U> = U extends { load(id: never): infer Result }
  ? Exclude<Awaited<Result>, undefined> extends infer User extends AnyUser
    ? User
    : never
  : U extends { id: { type: infer IdType extends UserIdType }; select: infer Select }
    ? Simplify<
        { id: ValueOf<IdType> } & { -readonly [K in keyof Select]: SelectedValue<Select[K]> }
      >
    : U extends { id: { type: infer IdType extends UserIdType } }
      ? { readonly id: ValueOf<IdType> }
      : AnyUser

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const decimal = /^(?:0|-?[1-9][0-9]{0,18})$/
const maxTextLength = 255

/**
 * Refuses what is not the one spelling of an id. A lax database would match `'012'` to user 12.
 * @throws {CloakroomError} `invalid_user_id`
 */
export function checkUserId(type: UserIdType, id: unknown): asserts id is UserId {
  if (!isUserId(type, id)) {
    throw new CloakroomError(
      'invalid_user_id',
      `Expected a user id of type ${type}: ${spelling[type]}`,
    )
  }
}

const spelling: Record<UserIdType, string> = {
  text: `a string of 1 to ${maxTextLength} characters, without NUL or lone surrogates.`,
  uuid: 'a lower-case string such as 01234567-89ab-7def-8123-456789abcdef.',
  integer: 'a safe integer number. For larger ids set users.id.type to bigint.',
  bigint: 'a string with a decimal 64-bit integer, without leading zeros.',
}

function isUserId(type: UserIdType, id: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isSafeInteger(id) && !Object.is(id, -0)
    case 'uuid':
      return typeof id === 'string' && uuid.test(id)
    case 'bigint':
      return (
        typeof id === 'string' && decimal.test(id) && BigInt.asIntN(64, BigInt(id)) === BigInt(id)
      )
    case 'text':
      return (
        typeof id === 'string' &&
        id.length > 0 &&
        id.length <= maxTextLength &&
        !id.includes('\0') &&
        id.isWellFormed()
      )
  }
}
