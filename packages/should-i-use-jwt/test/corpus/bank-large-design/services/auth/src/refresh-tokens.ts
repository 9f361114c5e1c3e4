import { createHash, randomBytes } from 'node:crypto'
import pg from 'pg'

const pool = new pg.Pool()
const hash = (token: string) => createHash('sha256').update(token).digest()

export async function create(userId: string) {
  const refreshToken = randomBytes(32).toString('base64url')
  await pool.query('insert into refresh_tokens (hash, user_id) values ($1, $2)', [hash(refreshToken), userId])
  return refreshToken
}

export async function consume(refreshToken: string): Promise<string | undefined> {
  const { rows } = await pool.query('delete from refresh_tokens where hash = $1 returning user_id', [
    hash(refreshToken),
  ])
  return rows[0]?.user_id
}

export async function userByPassword(email: string, check: (hash: string) => Promise<boolean>) {
  const { rows } = await pool.query('select id, password from users where email = $1', [email])
  return rows[0] && (await check(rows[0].password)) ? rows[0].id : undefined
}
