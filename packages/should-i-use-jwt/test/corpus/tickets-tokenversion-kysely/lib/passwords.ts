import { scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(scrypt) as (password: string, salt: string, length: number) => Promise<Buffer>

export async function checkPassword(agent: { hash: Buffer; salt: string }, password: string) {
  return timingSafeEqual(await derive(password, agent.salt, 64), agent.hash)
}
