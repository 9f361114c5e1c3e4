import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise'
import type { Sent } from '../remote-target.ts'

export interface CountedPool {
  readonly pool: Pool
  /** By the server's own counters: no other target may run meanwhile. */
  readonly sent: () => Promise<Sent>
}

export const poolSize = 10

export function countedPool(uri: string): CountedPool {
  const pool = createPool({ uri, connectionLimit: poolSize })
  return { pool, sent: () => readCounters(pool) }
}

const writing = ['Com_insert', 'Com_update', 'Com_delete', 'Com_insert_select', 'Com_delete_multi']

async function readCounters(pool: Pool): Promise<Sent> {
  const [rows] = await pool.query<RowDataPacket[]>(
    'show global status where variable_name in (?)',
    [['Questions', ...writing]],
  )
  const counters = new Map(rows.map((row) => [String(row.Variable_name), Number(row.Value)]))
  const writes = writing.reduce((sum, name) => sum + (counters.get(name) ?? 0), 0)
  // This statement has been counted, too.
  return { statements: (counters.get('Questions') as number) - ++asked, writes }
}

let asked = 0
