// Loaded into what a launcher starts, before anything else: ends it when the launcher is gone
// without a word (kill -9, out of memory). Or a server would keep its port, and an npm would go
// on writing to the folder that the next launcher is about to install into.
const { fstatSync } = require('node:fs')
const { Socket } = require('node:net')
const { isMainThread } = require('node:worker_threads')

const graceMs = 10_000

const descriptor = Number(process.env.CLOAKROOM_LAUNCHER_FD)
// Gone from here on: what the program starts has no such descriptor.
delete process.env.CLOAKROOM_LAUNCHER_FD

if (isMainThread && isLauncher(descriptor)) {
  const launcher = new Socket({ fd: descriptor, readable: true, writable: false })
  launcher.unref()
  launcher.on('error', () => {})
  launcher.on('close', () => {
    process.kill(process.pid, 'SIGTERM')
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref()
  })
  launcher.resume()
}

// Something between the launcher and this process may have closed it.
/** @param {number} fd */
function isLauncher(fd) {
  try {
    return fd > 2 && fstatSync(fd).isSocket()
  } catch {
    return false
  }
}
