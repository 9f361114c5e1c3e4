// Ports for servers that are killed and started again on the same one. The system's own choice
// (port 0) lies among those that it gives to outgoing connections: while the server is down, one
// of them could take its port, or a client that tries to reconnect could connect to itself.
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'

const firstPort = 10_000

/** A port of 127.0.0.1 that is free now. */
export async function choosePort(): Promise<number> {
  for (;;) {
    const port = randomInt(firstPort, firstOutgoingPort())
    if (await isFree(port)) return port
  }
}

function firstOutgoingPort(): number {
  const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1')
  // A system that has set it lower leaves no choice but to share.
  return Math.max(Number.parseInt(range, 10), firstPort + 10_000)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
