// What every launcher does before its program: install what package-lock.json says, find a Node
// that runs TypeScript, and run the program with it. So that a clone needs nothing but npm and
// some Node, however old. Nothing here or in setup/ may use syntax newer than Node 14's.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chooseNode } from './setup/choose-node.mjs'
import { installDependencies } from './setup/install.mjs'
import { SetupError } from './setup/report.mjs'
import { runProgram } from './setup/run-program.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Sets up, runs the program with the launcher's own arguments, and ends as the program ended.
 *
 * @param {{ program: string }} options `program` is a TypeScript file, relative to the repository.
 */
export async function launch({ program }) {
  try {
    await installDependencies(root)
    const node = chooseNode(root)
    process.exitCode = await runProgram({ root, node, program, args: process.argv.slice(2) })
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    process.stderr.write(`\n${error.message}\n`)
    process.exitCode = error.exitCode
  }
}
