import type { MysqlCallbackPool, MysqlConnection } from 'cloakroom/mysql'
import type { Pool } from 'mysql2/promise'

export interface Spy {
  readonly pool: MysqlCallbackPool
  /** Every statement that was sent, in order. */
  readonly sent: string[]
  /** Codes of those that failed. */
  readonly errors: unknown[]
}

/** A pool that does what another does, and keeps what goes over its connections. */
export function spyOn({ pool }: Pick<Pool, 'pool'>): Spy {
  const sent: string[] = []
  const errors: unknown[] = []

  function watch(connection: MysqlConnection): MysqlConnection {
    type Callback = Parameters<MysqlConnection['query']>[1]
    const keep =
      (callback: Callback): Callback =>
      (error, result) => {
        if (error) errors.push('code' in error ? error.code : error)
        callback(error, result)
      }
    return {
      execute(options, values, callback) {
        sent.push(options.sql)
        connection.execute(options, values, keep(callback))
      },
      query(sql, callback) {
        sent.push(sql)
        connection.query(sql, keep(callback))
      },
      release: () => connection.release(),
      destroy: () => connection.destroy(),
    }
  }

  return {
    sent,
    errors,
    pool: {
      getConnection(callback) {
        pool.getConnection((error, connection) => {
          if (error) callback(error, connection)
          else callback(null, watch(connection))
        })
      },
    },
  }
}
