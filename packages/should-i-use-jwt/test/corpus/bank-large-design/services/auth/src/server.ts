import argon2 from 'argon2'
import Fastify from 'fastify'
import { SignJWT } from 'jose'
import { signingKey } from './keys.ts'
import { consume, create, userByPassword } from './refresh-tokens.ts'

const app = Fastify()

const accessToken = (userId: string) =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt' })
    .setSubject(userId)
    .setIssuer('https://auth.bank.example')
    .setAudience('https://api.bank.example')
    .setExpirationTime('5m')
    .sign(signingKey)

async function answer(userId: string) {
  return { access_token: await accessToken(userId), refresh_token: await create(userId) }
}

app.post<{ Body: { email: string; password: string } }>('/token', async (request, reply) => {
  const { email, password } = request.body
  const userId = await userByPassword(email, (hash) => argon2.verify(hash, password))
  return userId ? answer(userId) : reply.code(401).send()
})

app.post<{ Body: { refresh_token: string } }>('/refresh', async (request, reply) => {
  const userId = await consume(request.body.refresh_token)
  return userId ? answer(userId) : reply.code(401).send()
})

app.listen({ port: 3001 })
