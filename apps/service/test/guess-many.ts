// A thread that guesses at many secrets as fast as it can, on a connection of its own.
import assert from 'node:assert/strict'
import { parentPort, workerData } from 'node:worker_threads'
import { createThrottle } from '../src/accounts/throttle.ts'
import type { DatabaseAddress } from '../src/config.ts'
import { openDatabase } from '../src/database/database.ts'

const { address, secrets, guesses, now } = workerData as {
  address: DatabaseAddress
  secrets: number
  guesses: number
  now: number
}
const database = await openDatabase(address)
const throttle = createThrottle(database, () => now, assert.ifError)
const admitted: number[] = []

parentPort?.postMessage('ready')
await new Promise((resolve) => parentPort?.once('message', resolve))
for (let secret = 0; secret < secrets; secret += 1) {
  let count = 0
  for (let guess = 0; guess < guesses; guess += 1) {
    // From a network of its own for each secret: the count of one network is not the subject.
    const ip = `198.51.${secret >> 8}.${secret & 0xff}`
    const attempt = await throttle.begin({ secret: `${secret}`, ip }).catch(() => undefined)
    if (attempt !== undefined) count += 1
  }
  admitted.push(count)
}
await database.close()
parentPort?.postMessage(admitted)
