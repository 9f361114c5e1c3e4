// The guard's own program; see guard.ts.
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { endProcess } from './end-process.ts'
import type { Guarded, GuardMessage } from './guard.ts'

const kept = new Map<number, Guarded>()

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as GuardMessage
  if ('release' in message) kept.delete(message.release)
  else kept.set(message.guard, message.kept)
}

const left = [...kept.values()]
await Promise.all(left.map((each) => ('pid' in each ? endProcess(each.pid, each.endSignal) : null)))
for (const each of left) {
  if ('folder' in each) rmSync(each.folder, { recursive: true, force: true, maxRetries: 3 })
}
