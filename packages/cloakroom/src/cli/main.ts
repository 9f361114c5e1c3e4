#!/usr/bin/env node
import { run } from './run.ts'

const { stdin: input, stdout: output, stderr: errors, env: environment } = process

// Who reads only the first lines (`| head`) has what it wants.
output.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const directory = process.cwd()
const exitCode = await run(process.argv.slice(2), { directory, environment, input, output, errors })

// Not left to an empty event loop: the application's module may hold a pool of connections, which
// nobody here knows how to close. What was written to a pipe may still be on its way.
await Promise.all([output, errors].map((stream) => new Promise((done) => stream.write('', done))))
process.exit(exitCode)
