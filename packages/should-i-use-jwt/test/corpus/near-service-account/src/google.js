import { readFileSync } from 'node:fs'
import jsonwebtoken from 'jsonwebtoken'
import { fetch } from 'undici'

const account = JSON.parse(readFileSync(process.env.GOOGLE_APPLICATION_CREDENTIALS, 'utf8'))

async function accessToken() {
  const assertion = jsonwebtoken.sign(
    { scope: 'https://www.googleapis.com/auth/calendar' },
    account.private_key,
    { algorithm: 'RS256', issuer: account.client_email, audience: account.token_uri, expiresIn: 3600 },
  )
  const response = await fetch(account.token_uri, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
  })
  return (await response.json()).access_token
}

export async function listEvents() {
  const token = await accessToken()
  const response = await fetch('https://www.googleapis.com/calendar/v3/events', {
    headers: { authorization: `Bearer ${token}` },
  })
  return response.json()
}
