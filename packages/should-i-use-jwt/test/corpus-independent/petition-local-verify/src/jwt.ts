import type { RowDataPacket, ResultSetHeader } from 'mysql2';
import { pool } from './pool.js';

/**
 * JWT = "Join Write-up Table": who put their name under which open letter.
 */
export const jwt = {
  async sign(payload: { letterId: number; name: string; city: string }, secret: boolean) {
    const [result] = await pool.execute<ResultSetHeader>(
      'INSERT INTO join_writeup (letter_id, name, city, hidden) VALUES (?, ?, ?, ?)',
      [payload.letterId, payload.name, payload.city, secret],
    );
    return result.insertId;
  },

  async count(letterId: number) {
    const [rows] = await pool.execute<RowDataPacket[]>(
      'SELECT COUNT(*) AS n FROM join_writeup WHERE letter_id = ?',
      [letterId],
    );
    return Number(rows[0].n);
  },
};
