import { randomBytes } from 'node:crypto'
import { sealData } from 'iron-session'
import { asReceived } from '../workload/as-received.ts'
import type { Workload } from '../workload/workload.ts'
import { ironCookie } from './settings.ts'

/** Sessions that are in the cookie itself, sealed with the password. */
export async function makeIronCookies({ owners }: Workload): Promise<{
  readonly password: string
  readonly credentials: readonly string[]
  readonly wrong: Readonly<Record<string, string>>
}> {
  const password = randomBytes(32).toString('base64')
  const other = randomBytes(32).toString('base64')
  const seal = async (userId: number, key: string) =>
    asReceived(`${ironCookie}=${await sealData({ userId }, { password: key })}`)
  const credentials: string[] = []
  for (const user of owners) credentials.push(await seal(user, password))
  return {
    password,
    credentials,
    wrong: { 'the seal of another password': await seal(1, other), 'no cookie': 'theme=dark' },
  }
}
