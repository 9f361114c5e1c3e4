import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { CloakroomError } from '../errors.ts'

/** 32 bytes, or the same as 43 characters of base64url. */
export type KeyEncryptionKey = Uint8Array | string

/** Encrypts private keys for the database, and decrypts them. */
export interface KeyEncryption {
  seal(keyId: string, plain: string): string
  /** @throws {CloakroomError} `wrong_key_encryption_key` */
  open(keyId: string, sealed: string): string
}

const keyLength = 32
const nonceLength = 12
const tagLength = 16

/**
 * AES-256-GCM under a random nonce of 96 bits (NIST SP 800-38D §8.2.2). The id of the key is
 * authenticated with it, so that what is stored under one id cannot be passed off as another's.
 *
 * @param keys The first encrypts, any decrypts.
 * @throws {TypeError} if there is none, or one is not 32 bytes
 */
export function keyEncryption(
  keys: KeyEncryptionKey | readonly KeyEncryptionKey[] | undefined,
): KeyEncryption {
  const all = (Array.isArray(keys) ? keys : [keys]).map(toBytes)
  const [current] = all
  if (current === undefined) throw required()

  return {
    seal(keyId, plain) {
      const nonce = randomBytes(nonceLength)
      const cipher = createCipheriv('aes-256-gcm', current, nonce).setAAD(Buffer.from(keyId))
      const sealed = [nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return Buffer.concat(sealed).toString('base64url')
    },
    open(keyId, sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      for (const key of all) {
        const plain = decrypt(key, keyId, bytes)
        if (plain !== undefined) return plain
      }
      throw new CloakroomError(
        'wrong_key_encryption_key',
        'The stored signing keys were encrypted with another key-encryption key. Pass the one they were made with, behind the new one if you are replacing it.',
      )
    },
  }
}

function decrypt(key: Uint8Array, keyId: string, bytes: Buffer): string | undefined {
  if (bytes.length < nonceLength + tagLength) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceLength), {
    authTagLength: tagLength,
  })
  decipher.setAAD(Buffer.from(keyId)).setAuthTag(bytes.subarray(-tagLength))
  try {
    const plain = decipher.update(bytes.subarray(nonceLength, -tagLength))
    return Buffer.concat([plain, decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

function toBytes(key: unknown): Uint8Array {
  const bytes = typeof key === 'string' ? Buffer.from(key, 'base64url') : key
  if (!(bytes instanceof Uint8Array) || bytes.length !== keyLength) throw required()
  if (typeof key === 'string' && Buffer.from(bytes).toString('base64url') !== key) throw required()
  return Uint8Array.from(bytes)
}

function required(): TypeError {
  return new TypeError(
    'keyEncryptionKey must be 32 random bytes, or 43 characters of base64url (openssl rand -base64 32 | tr "+/" "-_" | tr -d "="). Keep it outside of the database',
  )
}
