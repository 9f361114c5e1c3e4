import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { openDatabase } from '../src/database/database.ts'
import { newDatabase } from './new-database.ts'

test('two connections that guess in step never get more guesses than one would', async (t) => {
  const { address, remove } = await newDatabase()
  t.after(remove)
  const database = await openDatabase(address)
  await database.migrate()
  await database.close()

  const workerData = { address, secrets: 200, guesses: 8, now: Date.now() }
  const workers = [1, 2].map(
    () => new Worker(new URL('./guess-many.ts', import.meta.url), { workerData }),
  )
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const finished = workers.map((worker) => once(worker, 'message'))
  for (const worker of workers) worker.postMessage('go')
  const [one, two] = (await Promise.all(finished)).map(([admitted]) => admitted as number[])
  assert.ok(one && two)
  for (let secret = 0; secret < workerData.secrets; secret += 1) {
    assert.equal((one[secret] ?? 0) + (two[secret] ?? 0), 5, `secret ${secret}`)
  }
})
