import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { choosePort } from './choose-port.ts'
import { startOwner, stay } from './owner-process.ts'
import { type FaultyProxy, startProxy } from './start-proxy.ts'
import { waitUntil } from './wait-until.ts'

describe('the proxy', () => {
  let server: Server
  let accepted: Socket[]
  let proxy: FaultyProxy

  beforeEach(async () => {
    accepted = []
    // Says what it hears.
    server = createServer((socket) => {
      accepted.push(socket)
      socket.on('error', () => {})
      socket.pipe(socket)
    })
    const port = await choosePort()
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    proxy = await startProxy({ port })
  })

  afterEach(async () => {
    await proxy.stop()
    for (const socket of accepted) socket.destroy()
    server.close()
  })

  it('passes everything on, both ways, and the end of it', async () => {
    const client = await open(proxy)
    client.end('a'.repeat(1_000_000))
    assert.equal((await text(client)).length, 1_000_000)
    await waitUntil('it is closed', async () => (await proxy.count()).open === 0)
  })

  it('has the URL of its target, with itself in it', async () => {
    const url = `postgres://name:secret@localhost:${proxy.port}/database?x=1`
    const another = await startProxy({ url })
    assert.equal(another.url, `postgres://name:secret@127.0.0.1:${another.port}/database?x=1`)
    assert.equal(proxy.url, `tcp://127.0.0.1:${proxy.port}`)
    await another.stop()
  })

  it('counts connections', async () => {
    const [first, second] = [await open(proxy), await open(proxy)]
    await waitUntil('both are open', async () => (await proxy.count()).open === 2)
    first.destroy()
    await waitUntil('one is closed', async () => (await proxy.count()).open === 1)
    assert.equal((await proxy.count()).accepted, 2)
    second.destroy()
  })

  it('cuts: both ends are reset, and new connections are served', async () => {
    const client = await open(proxy)
    assert.equal(await exchange(client, 'before'), 'before')
    const resets = [client, accepted[0] as Socket].map((end) => failureOf(end))
    await proxy.cut()
    assert.deepEqual(await Promise.all(resets), ['ECONNRESET', 'ECONNRESET'])
    assert.equal(await exchange(await open(proxy), 'after'), 'after')
  })

  it('passes on that the server is gone', async () => {
    const client = await open(proxy)
    assert.equal(await exchange(client, 'before'), 'before')
    const reset = failureOf(client)
    accepted[0]?.resetAndDestroy()
    assert.equal(await reset, 'ECONNRESET')
  })

  it('is a black hole: open connections stay open, and nothing arrives', async () => {
    const client = await open(proxy)
    assert.equal(await exchange(client, 'before'), 'before')
    await proxy.blackHole()
    assert.equal(await Promise.race([exchange(client, 'lost'), delay(100, 'silence')]), 'silence')
    assert.equal(accepted[0]?.bytesRead, 'before'.length)
    const end = once(accepted[0] as Socket, 'end')
    client.destroy()
    assert.equal(await Promise.race([end, delay(100, 'silence')]), 'silence')
  })

  it('is a black hole for new connections, too', async () => {
    await proxy.blackHole()
    const client = await open(proxy)
    assert.equal(await Promise.race([exchange(client, 'lost'), delay(100, 'silence')]), 'silence')
    assert.equal(accepted.length, 0)
  })

  it('serves again after a black hole, but not on what has lost something', async () => {
    const [loser, idle] = [await open(proxy), await open(proxy)]
    for (const client of [loser, idle]) assert.equal(await exchange(client, 'one'), 'one')
    await proxy.blackHole()
    const lost = exchange(loser, 'lost')
    assert.equal(await Promise.race([lost, delay(100, 'silence')]), 'silence')
    await proxy.restore()
    assert.equal(await exchange(idle, 'idle'), 'idle')
    assert.equal(await exchange(await open(proxy), 'new'), 'new')
    loser.write('more')
    assert.equal(await Promise.race([lost, delay(100, 'silence')]), 'silence')
  })

  it('refuses new connections, while the open ones go on', async () => {
    const client = await open(proxy)
    assert.equal(await exchange(client, 'before'), 'before')
    await proxy.refuse()
    await assert.rejects(open(proxy), { code: 'ECONNREFUSED' })
    assert.equal(await exchange(client, 'still'), 'still')
    await proxy.restore()
    assert.equal(await exchange(await open(proxy), 'again'), 'again')
  })

  it('delays each round trip by what it is told', async () => {
    const client = await open(proxy)
    await proxy.delay(50)
    const startedAt = performance.now()
    assert.equal(await exchange(client, 'late'), 'late')
    // Timers count in whole milliseconds.
    assert.ok(performance.now() - startedAt >= 49)
  })

  it('delays what the server sends, and loses what is on its way when the black hole comes', async () => {
    const client = await open(proxy)
    await proxy.delayAnswers(100)
    const startedAt = performance.now()
    assert.equal(await exchange(client, 'late'), 'late')
    assert.ok(performance.now() - startedAt >= 99)
    const reply = exchange(client, 'lost')
    await waitUntil('the server has it', () => accepted[0]?.bytesRead === 'latelost'.length)
    await proxy.blackHole()
    assert.equal(await Promise.race([reply, delay(200, 'silence')]), 'silence')
  })

  it('keeps the order when a delay ends', async () => {
    const client = await open(proxy)
    assert.equal(await exchange(client, 'before'), 'before')
    await proxy.delay(200)
    client.write('first ')
    // Nobody tells when it has reached the proxy.
    await delay(50)
    await proxy.delay(0)
    client.end('second')
    assert.equal(await text(client), 'first second')
  })

  it('drops everything when it stops, once or twice', async () => {
    const client = await open(proxy)
    assert.equal(await exchange(client, 'before'), 'before')
    const closed = once(client, 'close')
    await proxy.stop()
    await closed
    await assert.rejects(open(proxy), { code: 'ECONNREFUSED' })
    await proxy.stop()
  })

  it('ends with the process that started it', async () => {
    const { owner, told } = await startOwner<{ port: number }>(`
      import { startProxy } from './index.ts'
      const { port } = await startProxy({ port: 1 })
      console.log(JSON.stringify({ port }))
      ${stay}`)
    owner.kill('SIGKILL')
    await waitUntil('it refuses', () =>
      open(told).then(
        () => false,
        (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
      ),
    )
  })
})

async function open({ port }: { readonly port: number }): Promise<Socket> {
  const client = connect(port, '127.0.0.1')
  client.on('error', () => {})
  await once(client, 'connect')
  return client
}

/** Sends a word and resolves with what comes back first. */
async function exchange(client: Socket, word: string): Promise<string> {
  client.write(word)
  const [reply] = await once(client, 'data')
  return String(reply)
}

async function failureOf(socket: Socket): Promise<string | undefined> {
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException]
  return error.code
}
