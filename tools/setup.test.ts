import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { holdingInstallLock } from './setup/install-lock.mjs'

const repository = makeRepository()
after(() => rmSync(repository, { recursive: true }))

describe('a launcher', () => {
  it('passes arguments, input and the exit code on', async () => {
    const launcher = launch(`
      process.stdin.on('data', (text) => {
        console.log(JSON.stringify([process.argv.slice(2), String(text)]))
        process.exit(7)
      })`)
    launcher.child.stdin?.write('typed')
    assert.equal(await launcher.exitCode, 7)
    assert.equal(launcher.output(), '[["--a","b c"],"typed"]\n')
  })

  it('runs TypeScript from source, in its children too', async () => {
    const launcher = launch(`
      import { execFileSync } from 'node:child_process'
      const options: string = execFileSync('node', ['-p', 'process.env.NODE_OPTIONS'], { encoding: 'utf8' })
      console.log(process.execArgv.includes('--conditions=cloakroom-source'), options.trim())`)
    assert.equal(await launcher.exitCode, 0)
    assert.equal(launcher.output(), 'true --conditions=cloakroom-source\n')
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`passes ${signal} on, once, and waits for the program to end by itself`, async () => {
      const launcher = launch(`
        let count = 0
        process.on('${signal}', () => {
          count += 1
          setTimeout(() => process.exit(40 + count), 400)
        })
        setInterval(() => {}, 1000)
        console.log('ready')`)
      await launcher.ready
      launcher.child.kill(signal)
      launcher.child.kill(signal)
      assert.equal(await launcher.exitCode, 41)
    })
  }

  it('leaves nothing behind that the program has started', async () => {
    const launcher = launch(`
      import { spawn } from 'node:child_process'
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
      console.log(child.pid)
      process.kill(process.pid, 'SIGKILL')`)
    assert.equal(await launcher.exitCode, 137)
    assert.ok(await isGone(Number(launcher.output())))
  })

  it('takes the program along when it is killed itself', async () => {
    const launcher = launch(`
      process.on('SIGTERM', () => process.exit())
      setInterval(() => {}, 1000)
      console.log(process.pid)`)
    await launcher.ready
    launcher.child.kill('SIGKILL')
    assert.ok(await isGone(Number(launcher.output())))
  })
})

describe('the install lock', () => {
  const timing = { heartbeatMs: 20, staleMs: 800, retryMs: 10 }

  it('lets one launcher in at a time', async () => {
    let inside = 0
    const action = async () => {
      inside += 1
      assert.equal(inside, 1)
      await delay(50)
      inside -= 1
    }
    const holders = Array.from({ length: 5 }, () => holdingInstallLock(repository, action, timing))
    await Promise.all(holders)
  })

  it('is kept for as long as its owner lives', async () => {
    const order: string[] = []
    const owner = holdingInstallLock(
      repository,
      async () => {
        await delay(2 * timing.staleMs)
        order.push('owner')
      },
      timing,
    )
    await holdingInstallLock(repository, async () => void order.push('next'), timing)
    await owner
    assert.deepEqual(order, ['owner', 'next'])
  })

  it('is taken over from an owner who is gone', async () => {
    mkdirSync(join(repository, '.cache', 'install-lock'))
    let isIn = false
    const action = async () => {
      isIn = true
    }
    await holdingInstallLock(repository, action, timing)
    assert.ok(isIn)
    assert.ok(!existsSync(join(repository, '.cache', 'install-lock')))
  })

  it('is given back when the install fails', async () => {
    const failing = holdingInstallLock(repository, () => Promise.reject(new Error('no')), timing)
    await assert.rejects(failing, { message: 'no' })
    assert.ok(!existsSync(join(repository, '.cache', 'install-lock')))
  })
})

/** Launchers like the real ones, in a repository that believes that it is installed. */
function makeRepository(): string {
  const root = mkdtempSync(join(tmpdir(), 'cloakroom-setup-'))
  cpSync(join(import.meta.dirname, 'setup'), join(root, 'tools', 'setup'), { recursive: true })
  cpSync(join(import.meta.dirname, 'setup.mjs'), join(root, 'tools', 'setup.mjs'))
  const hash = createHash('sha256').update('{}').digest('hex')
  const stamp = `${hash} ${process.platform}-${process.arch}\n`
  write(root, 'package.json', '{"type": "module"}')
  write(root, 'package-lock.json', '{}')
  write(root, 'node_modules/.cloakroom-installed', stamp)
  return root
}

let programs = 0

function launch(source: string) {
  programs += 1
  const [program, launcher] = [`program-${programs}.ts`, `tools/launcher-${programs}.mjs`]
  write(repository, program, source)
  const text = `import { launch } from './setup.mjs'\nawait launch({ program: '${program}' })\n`
  write(repository, launcher, text)
  const { NODE_OPTIONS: _, npm_lifecycle_event: __, ...env } = process.env
  const child = spawn(process.execPath, [join(repository, launcher), '--a', 'b c'], { env })
  return observe(child)
}

function observe(child: ChildProcess) {
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return {
    child,
    output: () => output,
    ready: child.stdout === null ? undefined : once(child.stdout, 'data'),
    exitCode: once(child, 'close').then(([code]): unknown => code),
  }
}

async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (!isRunning(pid)) return true
    await delay(50)
  }
  return false
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // In a container nobody may collect the dead.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
