// Keeps two launchers from installing into one node_modules at once. The lock is a folder, since
// making one is atomic everywhere; it lives outside node_modules, which `npm ci` deletes.
import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { report } from './report.mjs'

const usualTiming = { heartbeatMs: 1_000, staleMs: 10_000, retryMs: 200 }

/** @typedef {typeof usualTiming} Timing */

/**
 * Runs `action` while holding the lock. Waits for as long as its owner is alive.
 *
 * @param {string} root
 * @param {() => Promise<void>} action
 * @param {Timing} timing
 */
export async function holdingInstallLock(root, action, timing = usualTiming) {
  const folder = join(root, '.cache', 'install-lock')
  mkdirSync(dirname(folder), { recursive: true })
  await acquire(folder, timing)
  const heartbeat = setInterval(() => beat(folder), timing.heartbeatMs)
  try {
    await action()
  } finally {
    clearInterval(heartbeat)
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} folder
 * @param {Timing} timing
 */
async function acquire(folder, { staleMs, retryMs }) {
  const silentLooks = countSilentLooks(folder)
  let isFirst = true
  while (!tryToMake(folder)) {
    if (isFirst) report('another launcher is installing: waiting for it')
    isFirst = false
    if (silentLooks() * retryMs > staleMs) breakStaleLock(folder)
    await new Promise((resolve) => setTimeout(resolve, retryMs))
  }
}

/** @param {string} folder */
function tryToMake(folder) {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/**
 * How often in a row the owner has given no sign of life. Not measured by a clock, which runs on
 * while a laptop sleeps, or is another machine's; nor by the owner's process id, which means
 * nothing from inside another container.
 *
 * @param {string} folder
 */
function countSilentLooks(folder) {
  /** @type {number | undefined} */
  let lastBeat
  let looks = 0
  return () => {
    const beat = modifiedAt(folder)
    looks = beat === lastBeat ? looks + 1 : 0
    lastBeat = beat
    return looks
  }
}

// Renamed first: of two launchers that find the lock stale, one renames and the other fails,
// so the second cannot delete the lock that the first has made anew.
/** @param {string} folder */
function breakStaleLock(folder) {
  const aside = `${folder}-stale-${process.pid}-${Date.now()}`
  try {
    renameSync(folder, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  report('the launcher that was installing is gone: taking over')
  rmSync(aside, { recursive: true, force: true })
}

/** @param {string} folder */
function beat(folder) {
  try {
    const now = new Date()
    utimesSync(folder, now, now)
  } catch {
    // Deleted under us (`git clean`); the install goes on, and there is nothing left to keep.
  }
}

/** @param {string} folder */
function modifiedAt(folder) {
  try {
    return statSync(folder).mtimeMs
  } catch {
    return undefined
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code
}
