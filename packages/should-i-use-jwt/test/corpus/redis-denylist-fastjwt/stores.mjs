import Redis from 'ioredis'
import { MongoClient } from 'mongodb'
import { settings } from './config.mjs'

export const redis = new Redis()
const client = new MongoClient(settings.mongo)
export const database = client.db('garden')
export const plants = database.collection('plants')
