import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { startService } from './start-service.ts'

const run = promisify(execFile)

it("the README's transcript is what happens", async () => {
  const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8')
  const steps = transcriptOf(readme)
  assert.ok(steps.length >= 7)
  const folder = mkdtempSync(join(tmpdir(), 'cloakroom-readme-'))
  const service = await startService()
  const { port } = new URL(service.origin)
  try {
    for (const { command, output } of steps) {
      const here = command.replaceAll('localhost:3000', `localhost:${port}`)
      const { stdout } = await run('sh', ['-c', here], { cwd: folder })
      assert.match(stdout, toPattern(output), command)
    }
  } finally {
    await service.stop()
    rmSync(folder, { recursive: true })
  }
})

/** The commands of the console block that signs up, and what the README says that they print. */
function transcriptOf(readme: string): { command: string; output: string }[] {
  const blocks = [...readme.matchAll(/```console\n(.*?)```/gs)].map(([, block = '']) => block)
  const block = blocks.find((text) => text.includes('/api/sign-up')) ?? ''
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [command = '', ...output] = step.trimEnd().split('\n')
      return { command, output: output.join('\n') }
    })
}

/** `…` stands for what differs from run to run: an id, a time. */
function toPattern(output: string): RegExp {
  const literal = output.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literal.join('[^"]*')}\\n?$`)
}
