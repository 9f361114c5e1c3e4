// Runs the real program with the chosen Node, straight from its TypeScript sources.
import { delimiter, dirname, join } from 'node:path'
import { report, SetupError } from './report.mjs'
import { endWithLauncher, runChild } from './run-child.mjs'
import { exitCodeOf } from './signals.mjs'

const sourceCondition = '--conditions=cloakroom-source'

/**
 * Resolves with the exit code.
 *
 * @param {{ root: string, node: string, program: string, args: string[] }} options
 */
export async function runProgram({ root, node, program, args }) {
  report(`running ${program}`)
  const nodeArguments = [sourceCondition, `--require=${endWithLauncher}`]
  const env = programEnvironment(node)
  const options = { cwd: root, env, stdin: /** @type {const} */ ('inherit') }
  try {
    const command = [...nodeArguments, join(root, program), ...args]
    const { code, signal } = await runChild(node, command, options)
    return exitCodeOf(code, signal)
  } catch (error) {
    throw new SetupError(`${node} did not start: ${error}`)
  }
}

/** @param {string} node */
function programEnvironment(node) {
  const env = { ...process.env }
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') || 'PATH'
  // First, so that every `node` that the program starts is this one too.
  env[path] = [dirname(node), env[path]].filter(Boolean).join(delimiter)
  const options = env.NODE_OPTIONS || ''
  if (!options.includes(sourceCondition)) {
    env.NODE_OPTIONS = `${options} ${sourceCondition}`.trim()
  }
  return env
}
