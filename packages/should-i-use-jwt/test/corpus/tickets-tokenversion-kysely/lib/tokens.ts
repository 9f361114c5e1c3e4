import { jwtVerify, SignJWT } from 'jose'

const key = new TextEncoder().encode(process.env.TOKEN_KEY!)

export function issue(agent: { id: string; token_version: number }) {
  return new SignJWT({ ver: agent.token_version })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(agent.id)
    .setExpirationTime('12h')
    .sign(key)
}

export async function read(token: string) {
  const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] })
  return payload
}
