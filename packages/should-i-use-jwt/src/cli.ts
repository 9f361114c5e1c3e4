#!/usr/bin/env node
import { run } from './cli/run.ts'

const { stdin: input, stdout: output, stderr: errors, env: environment } = process

// Who reads only the first lines (`| head`) has what it wants.
output.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// When its terminal is gone there is nobody to tell, but perhaps something to clean up.
errors.on('error', () => {})

const directory = process.cwd()
process.exitCode = await run(process.argv.slice(2), {
  directory,
  environment,
  input,
  output,
  errors,
})
