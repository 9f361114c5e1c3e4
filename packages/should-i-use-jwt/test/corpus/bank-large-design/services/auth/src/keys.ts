import { importPKCS8 } from 'jose'

export const signingKey = await importPKCS8(process.env.SIGNING_KEY!, 'ES256')
