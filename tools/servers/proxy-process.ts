// The proxy's own program; see start-proxy.ts. A process of its own, so that the delays are right
// while the tests are busy, and what it costs is not counted as theirs.
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export type ProxyOrder =
  | { readonly do: 'count' | 'cut' | 'blackHole' | 'refuse' | 'restore' }
  | { readonly do: 'delay' | 'delayAnswers'; readonly ms: number }

export interface ProxyCount {
  /** Connections that clients have open now. */
  readonly open: number
  /** Connections ever accepted. */
  readonly accepted: number
}

interface Link {
  readonly client: Socket
  readonly server: Socket | undefined
  /** Something was lost on its way, so nothing that comes later may arrive: that would be a lie. */
  isDead: boolean
}

type Action = () => void

const [port, targetPort] = [Number(process.argv[2]), Number(process.argv[3])]
const targetHost = process.argv[4]
const links = new Set<Link>()
let accepted = 0
let delayMs = 0
let answerDelayMs = 0
let isBlackHole = false
let listener: Server | undefined = await listen()

async function listen(): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, accept)
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function accept(client: Socket): void {
  accepted += 1
  const options = { host: targetHost, port: targetPort, allowHalfOpen: true, noDelay: true }
  const server = isBlackHole ? undefined : connect(options)
  const link: Link = { client, server, isDead: isBlackHole }
  links.add(link)
  forward(
    client,
    server,
    link,
    makeLane(link, () => delayMs),
  )
  if (server !== undefined)
    forward(
      server,
      client,
      link,
      makeLane(link, () => answerDelayMs),
    )
}

function forward(from: Socket, to: Socket | undefined, link: Link, pass: (action: Action) => void) {
  from.on('data', (chunk) => pass(() => to?.write(chunk)))
  from.on('end', () => pass(() => to?.end()))
  // Told by "close", too.
  from.on('error', () => {})
  from.on('close', (hadError) => {
    pass(() => (hadError ? to?.resetAndDestroy() : to?.destroy()))
    if (link.client.destroyed && link.server?.destroyed !== false) links.delete(link)
  })
}

/** One direction of a link: what goes in comes out later, in the same order, or never. */
function makeLane(link: Link, currentDelayMs: () => number): (action: Action) => void {
  const waiting: Action[] = []
  const deliver = (action: Action | undefined) => {
    if (isBlackHole) link.isDead = true
    if (!link.isDead) action?.()
  }
  return (action) => {
    const ms = currentDelayMs()
    if (ms === 0 && waiting.length === 0) {
      deliver(action)
      return
    }
    waiting.push(action)
    setTimeout(() => deliver(waiting.shift()), ms)
  }
}

async function obey(order: ProxyOrder): Promise<void> {
  switch (order.do) {
    case 'cut':
      for (const { client, server } of links) {
        client.resetAndDestroy()
        server?.resetAndDestroy()
      }
      break
    case 'blackHole':
      isBlackHole = true
      break
    case 'refuse':
      listener?.close()
      listener = undefined
      break
    case 'restore':
      isBlackHole = false
      delayMs = 0
      answerDelayMs = 0
      listener ??= await listen()
      break
    case 'delay':
      delayMs = order.ms
      break
    case 'delayAnswers':
      answerDelayMs = order.ms
  }
}

function count(): ProxyCount {
  const open = [...links].filter(({ client }) => !client.destroyed).length
  return { open, accepted }
}

process.on('disconnect', () => process.exit())
let obeyed = Promise.resolve()
process.on('message', (order: ProxyOrder) => {
  obeyed = obeyed.then(() => obey(order)).then(() => void process.send?.(count()))
})
process.send?.(count())
