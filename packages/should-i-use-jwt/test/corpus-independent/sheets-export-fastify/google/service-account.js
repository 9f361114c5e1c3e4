import { importPKCS8, SignJWT } from 'jose'

const TOKEN_URL = 'https://oauth2.googleapis.com/token'
const SCOPE = 'https://www.googleapis.com/auth/spreadsheets'

let current = { value: '', goodUntil: 0 }

export async function googleAccessToken () {
  if (current.goodUntil > Date.now()) return current.value

  const account = JSON.parse(process.env.GOOGLE_SERVICE_ACCOUNT)
  const assertion = await new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', kid: account.private_key_id })
    .setIssuer(account.client_email)
    .setAudience(TOKEN_URL)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importPKCS8(account.private_key, 'RS256'))

  const res = await fetch(TOKEN_URL, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })
  })
  if (!res.ok) throw new Error(`Google token endpoint: ${res.status} ${await res.text()}`)
  const { access_token: value, expires_in: seconds } = await res.json()
  current = { value, goodUntil: Date.now() + (seconds - 60) * 1000 }
  return value
}
