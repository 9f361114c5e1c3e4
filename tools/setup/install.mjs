// Installs the dependencies when, and only when, the lock file has changed since they were last
// installed from it; a stamp inside node_modules says so, and goes when node_modules goes.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { holdingInstallLock } from './install-lock.mjs'
import { npmCommand } from './npm-command.mjs'
import { report, SetupError } from './report.mjs'
import { endWithLauncher, runChild } from './run-child.mjs'
import { exitCodeOf } from './signals.mjs'

// Scripts stay off: nothing here needs one, and no dependency should get to run one. The
// includes win over `omit` in anybody's npmrc; engines are not npm's to judge or to warn about,
// because the workspaces ask for a newer Node than the one that runs npm.
const npmArguments = [
  'ci',
  '--ignore-scripts',
  '--include=dev',
  '--include=optional',
  '--engine-strict=false',
  '--loglevel=error',
  '--no-audit',
  '--no-fund',
]

/** @param {string} root */
export async function installDependencies(root) {
  if (isInstalled(root)) return
  await holdingInstallLock(root, async () => {
    // Another launcher may have done it while this one waited for the lock.
    if (!isInstalled(root)) await install(root)
  })
}

/** @param {string} root */
async function install(root) {
  const stamp = currentStamp(root)
  report(`npm ${npmArguments.join(' ')}`)
  const { code, interruptedBy } = await runNpm(root)
  if (interruptedBy !== undefined) {
    throw new SetupError('Interrupted while installing.', exitCodeOf(null, interruptedBy))
  }
  if (code !== 0) {
    throw new SetupError(
      'Installing the dependencies failed. What npm says about it is above.\n' +
        'When that is cured, run the same command again.',
    )
  }
  writeFileSync(stampFile(root), stamp)
}

/** @param {string} root */
async function runNpm(root) {
  const { command, args, shell } = npmCommand()
  // A production setting must not decide what a clone is built and tested with.
  const { NODE_ENV: _, NODE_OPTIONS: options = '', ...env } = process.env
  env.NODE_OPTIONS = `${options} --require=${JSON.stringify(endWithLauncher)}`.trim()
  try {
    return await runChild(command, [...args, ...npmArguments], {
      cwd: root,
      env,
      stdin: 'ignore',
      shell,
    })
  } catch (error) {
    throw new SetupError(`npm did not start (${error}). Is it installed, and on PATH?`)
  }
}

/** @param {string} root */
function isInstalled(root) {
  try {
    return readFileSync(stampFile(root), 'utf8') === currentStamp(root)
  } catch {
    return false
  }
}

/** @param {string} root */
function stampFile(root) {
  return join(root, 'node_modules', '.cloakroom-installed')
}

// With the platform, because a folder shared between machines holds one machine's binaries.
/** @param {string} root */
function currentStamp(root) {
  const lockFile = readFileSync(join(root, 'package-lock.json'))
  const hash = createHash('sha256').update(lockFile).digest('hex')
  return `${hash} ${process.platform}-${process.arch}\n`
}
