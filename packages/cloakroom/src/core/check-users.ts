import { refuseOthers } from './refuse-others.ts'
import type { ColumnType, UserIdType, Users, UsersTable } from './user.ts'

const idTypes: readonly UserIdType[] = ['text', 'uuid', 'integer', 'bigint']
const columnTypes: readonly ColumnType[] = [...idTypes, 'real', 'boolean']

/**
 * Checks the form of the `users` option; whether it fits the database is checked by the store.
 * @throws {TypeError}
 */
export function checkUsers(users: Users): UserIdType {
  if (typeof users !== 'object' || users === null) {
    throw new TypeError('users must be { table, id, … }, or { load } for a store without tables')
  }
  if ('load' in users) {
    refuseOthers('users', users, { load: true, idType: true })
    if (typeof users.load !== 'function') throw new TypeError('users.load must be a function')
    return checkType('users.idType', users.idType ?? 'text', idTypes)
  }
  checkNames(users)
  return checkType('users.id.type', users.id?.type, idTypes)
}

function checkNames(users: UsersTable): void {
  const { table, id, active, select = {} } = users
  refuseOthers('users', users, { table: true, id: true, active: true, select: true })
  refuseOthers('users.id', id ?? {}, { column: true, type: true })
  if (typeof table !== 'string' || !/^[^.\0]+(?:\.[^.\0]+)?$/.test(table)) {
    throw new TypeError('users.table must be the name of a table, or schema.table')
  }
  checkColumnName('users.id.column', id?.column ?? 'id')
  if (active !== undefined && (typeof active !== 'string' || active.trim() === '')) {
    throw new TypeError('users.active must be an SQL condition, such as: not banned')
  }
  for (const [property, given] of Object.entries(select)) {
    const name = `users.select.${property}`
    // `id` is always there, and is `users.id`; a property of that name would hide it.
    if (property === 'id' || property === '__proto__') {
      throw new TypeError(`${name}: choose another name for this property`)
    }
    const column = typeof given === 'string' ? { type: given, column: property } : given
    checkType(`${name}: the type`, column?.type, columnTypes)
    checkColumnName(name, column.column ?? property)
    refuseOthers(name, column, { column: true, type: true, nullable: true })
  }
}

function checkColumnName(name: string, column: unknown): void {
  if (typeof column === 'string' && column !== '' && !column.includes('\0')) return
  throw new TypeError(`${name} must name a column`)
}

function checkType<Type extends string>(name: string, type: unknown, types: readonly Type[]): Type {
  if (types.includes(type as Type)) return type as Type
  throw new TypeError(`${name} must be one of ${types.join(', ')}`)
}
