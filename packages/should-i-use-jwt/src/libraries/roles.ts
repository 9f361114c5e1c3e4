// What a call to a library does, as far as it matters to the questions asked here.
import type { Role } from '../flow/origin.ts'
import type { ApiValue } from '../values/value.ts'
import { databases } from './databases.ts'
import { jwtModelOf } from './jwt-libraries.ts'

const others: readonly { role: Role; packages: RegExp; path: RegExp }[] = [
  {
    role: 'random',
    packages: /^crypto$/,
    path: /^(?:randomBytes|randomUUID|randomInt|webcrypto\.getRandomValues)$/,
  },
  {
    role: 'random',
    packages: /^global$/,
    path: /^crypto\.(?:randomUUID|getRandomValues)$|^Math\.random$/,
  },
  {
    role: 'random',
    packages:
      /^(?:uuid|nanoid|ulid|@paralleldrive\/cuid2|cuid|uid-safe|rand-token|uid|crypto-random-string|randomstring|oslo\/crypto|@oslojs\/crypto)(?:\/.*)?$/,
    path: /./,
  },
  { role: 'random', packages: /^(?:cuid|uid-safe|crypto-random-string)$/, path: /^$/ },
  { role: 'outgoing', packages: /^global$/, path: /^fetch$/ },
  {
    role: 'outgoing',
    packages:
      /^(?:axios|got|ky|node-fetch|cross-fetch|undici|superagent|request|ofetch|needle|@nestjs\/axios|openid-client|googleapis|google-auth-library|oauth4webapi|simple-oauth2|arctic|@octokit\/.*|apn|twilio)(?:\/.*)?$/,
    path: /^(?!.*Module)/,
  },
  { role: 'outgoing', packages: /^https?$/, path: /^(?:request|get)$/ },
  {
    role: 'mail',
    packages:
      /^(?:nodemailer|resend|@sendgrid\/mail|mailgun.*|postmark|@nestjs-modules\/mailer|@aws-sdk\/client-ses.*|node-mailjet|email-templates|mailersend|@getbrevo\/brevo)(?:\/.*)?$/,
    path: /./,
  },
  {
    role: 'password',
    packages:
      /^(?:bcrypt|bcryptjs|argon2|@node-rs\/(?:bcrypt|argon2)|scrypt-kdf|@noble\/hashes\/scrypt|oslo\/password)$/,
    path: /(?:compare|verify)\w*$/,
  },
  { role: 'password', packages: /^crypto$/, path: /^(?:scrypt|scryptSync|pbkdf2|pbkdf2Sync)$/ },
  { role: 'key-set', packages: /^jose/, path: /^create(?:Remote|Local)JWKSet$/ },
  { role: 'key-set', packages: /^(?:jwks-rsa|get-jwks)$/, path: /./ },
  { role: 'key-set', packages: /^(?:jwks-rsa|get-jwks)$/, path: /^$/ },
]

const known = new Map<string, Role | undefined>()

/** The role of a function of a package, when it is called. */
export function roleOf(value: ApiValue): Role | undefined {
  const key = `${value.package} ${value.path}`
  if (!known.has(key)) known.set(key, findRole(value))
  return known.get(key)
}

function findRole(value: ApiValue): Role | undefined {
  const model = jwtModelOf(value)
  if (model) return model.call.role
  const matches = ({ packages }: { packages: RegExp }) => packages.test(value.package)
  if (databases.some((each) => matches(each) && each.queries.test(value.path))) return 'query'
  return others.find((each) => matches(each) && each.path.test(value.path))?.role
}

/** The name of the database that a call asks. */
export function databaseOf(value: ApiValue): string {
  const found = databases.find(
    ({ packages, queries }) => packages.test(value.package) && queries.test(value.path),
  )
  return found?.name ?? value.package
}
