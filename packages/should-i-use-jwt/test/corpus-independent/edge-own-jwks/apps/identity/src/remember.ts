import { createHash, randomBytes } from 'node:crypto'
import type { ObjectId } from 'mongodb'
import { rememberTokens, users } from './mongo'

const fingerprint = (value: string) => createHash('sha256').update(value).digest('base64url')

export async function remember(userId: ObjectId) {
  const value = randomBytes(32).toString('hex')
  await rememberTokens.insertOne({ _id: fingerprint(value), userId, createdAt: new Date() })
  return value
}

export async function redeem(value: string) {
  const found = await rememberTokens.findOneAndDelete({ _id: fingerprint(value) })
  return found && users.findOne({ _id: found.userId })
}
