import { MongoClient, type ObjectId } from 'mongodb'

interface User {
  _id: ObjectId
  email: string
  passwordHash: string
  layers: string[]
}

interface RememberToken {
  _id: string
  userId: ObjectId
  createdAt: Date
}

const client = await MongoClient.connect(process.env.MONGODB_URI!)
const db = client.db('identity')

export const users = db.collection<User>('users')
export const rememberTokens = db.collection<RememberToken>('remember_tokens')

await rememberTokens.createIndex({ createdAt: 1 }, { expireAfterSeconds: 60 * 24 * 3600 })
