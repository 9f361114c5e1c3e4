import type { Database, DatabasePlace, OpenOptions } from './database.ts'
import { openMysql } from './open-mysql.ts'
import { openPostgres } from './open-postgres.ts'
import { openSqlite } from './open-sqlite.ts'

const openers = { sqlite: openSqlite, postgres: openPostgres, mysql: openMysql }

/** @throws {MeasureError} `driver_missing` */
export function openDatabase(place: DatabasePlace, options: OpenOptions): Promise<Database> {
  return openers[place.kind](place, options)
}
