// Chooses the Node that runs the real program: 24 or later, able to strip types.
import { spawnSync } from 'node:child_process'
import { dirname, join, relative } from 'node:path'
import { report, SetupError } from './report.mjs'

const oldestMajor = 24

/**
 * @typedef {{ major: number, version: string, stripsTypes: boolean }} Abilities
 */

/**
 * The path of a Node that will do.
 *
 * @param {string} root
 */
export function chooseNode(root) {
  const own = process.versions.node
  if (isEnough(ownAbilities())) {
    report(`Node ${own} (${process.execPath})`)
    return process.execPath
  }
  const packaged = packagedNode(root)
  const abilities = packaged === undefined ? undefined : abilitiesOf(packaged)
  if (packaged !== undefined && abilities !== undefined && isEnough(abilities)) {
    report(`Node ${abilities.version} (${relative(root, packaged)}), as this one is ${own}`)
    return packaged
  }
  throw new SetupError(
    `This needs Node ${oldestMajor} or later, built to run TypeScript, and this is Node ${own}.\n` +
      `${whyNotPackaged(packaged)}\n` +
      `Install Node ${oldestMajor} from https://nodejs.org/en/download (or a version manager), ` +
      'put it first on PATH, and run the same command again.',
  )
}

/** @param {Abilities} abilities */
function isEnough({ major, stripsTypes }) {
  return major >= oldestMajor && stripsTypes
}

/** @returns {Abilities} */
function ownAbilities() {
  // False where a distribution left type stripping out, absent before Node 22.
  return {
    major: Number(process.versions.node.split('.')[0]),
    version: process.versions.node,
    stripsTypes: Boolean(process.features.typescript),
  }
}

/**
 * Where the optional dependency for this platform puts its binary, if there is one.
 *
 * @param {string} root
 */
function packagedNode(root) {
  const isKnown = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
  if (!isKnown) return undefined
  return join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')
}

/**
 * Asked of the binary itself: one built for another C library is there, and does not start.
 *
 * @param {string} path
 * @returns {Abilities | undefined}
 */
function abilitiesOf(path) {
  const question = 'console.log(process.versions.node, Boolean(process.features.typescript))'
  const { NODE_OPTIONS: _, ...env } = process.env
  const answer = spawnSync(path, ['-e', question], { cwd: dirname(path), env, encoding: 'utf8' })
  if (answer.status !== 0) return undefined
  const [version = '', stripsTypes] = answer.stdout.trim().split(' ')
  return { major: Number(version.split('.')[0]), version, stripsTypes: stripsTypes === 'true' }
}

/** @param {string | undefined} packaged */
function whyNotPackaged(packaged) {
  return packaged === undefined
    ? `No Node comes with the dependencies for ${process.platform}-${process.arch}.`
    : 'The Node that comes with the dependencies is missing, or does not run here (it needs glibc).'
}
