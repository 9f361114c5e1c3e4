// A place of its own for a test, on a server that others use at the same time. Nothing is dropped
// afterwards: the server goes, and all with it.
import { randomBytes } from 'node:crypto'
import { createConnection } from 'mysql2/promise'
import { queryPostgres } from './query-postgres.ts'

export interface FreshPostgresSchema {
  readonly schema: string
  /** Leads to the same database, with the new schema as the search path. */
  readonly url: string
}

/** Creates a schema, which takes a few milliseconds. */
export async function freshPostgresSchema(url: string): Promise<FreshPostgresSchema> {
  const schema = randomName()
  await queryPostgres(url, `create schema ${schema}`)
  const options = encodeURIComponent(`-c search_path=${schema}`)
  return { schema, url: `${url}${url.includes('?') ? '&' : '?'}options=${options}` }
}

/** Creates a database and returns its URL; slower than a schema, and more to oneself. */
export async function freshPostgresDatabase(url: string): Promise<string> {
  const name = randomName()
  await queryPostgres(url, `create database ${name}`)
  return withDatabase(url, name)
}

/** Creates a database and returns its URL. */
export async function freshMysqlDatabase(url: string): Promise<string> {
  const name = randomName()
  const connection = await createConnection(url)
  try {
    await connection.query(`create database ${name}`)
  } finally {
    await connection.end()
  }
  return withDatabase(url, name)
}

function withDatabase(url: string, name: string): string {
  const its = new URL(url)
  its.pathname = name
  return its.href
}

function randomName(): string {
  return `test_${randomBytes(8).toString('hex')}`
}
