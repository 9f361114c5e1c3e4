import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { isRunning, listTree } from './process-tree.ts'
import { startCaddy } from './start-caddy.ts'
import { startNginx } from './start-nginx.ts'

const nginx = (port: number) => `server { listen 127.0.0.1:${port}; return 200 here; }`
const caddy = (port: number) => `http://127.0.0.1:${port} {\n\trespond here\n}\n`

for (const [start, configure, broken] of [
  [startNginx, nginx, 'nonsense on;'],
  [startCaddy, caddy, ':0 {\n\tnonsense\n}\n'],
] as const) {
  test(`${start.name} starts a server that answers, and leaves nothing when it is stopped`, async () => {
    const server = await start(configure)
    assert.match(`${server.server.name} ${server.server.version}`, /^\w+ \d+\.\d+/)
    assert.equal(await (await fetch(server.url)).text(), 'here')
    const tree = listTree(server.pid)
    await server.stop()
    assert.deepEqual(tree.filter(isRunning), [])
    assert.equal(existsSync(server.folder), false)
    await server.stop()
  })

  test(`${start.name} says what the server wrote when it does not start`, async () => {
    const starting = start(() => broken)
    await assert.rejects(starting, /does not start(.|\n)*nonsense/)
  })
}
