// A command to a Valkey and its reply, for the set-up of servers, which should not rest on the
// drivers that the tests are about.
import { once } from 'node:events'
import { connect } from 'node:net'

export type ValkeyReply = string | number | null | readonly ValkeyReply[]

const limitMs = 5000

/** Sends one command on a connection of its own. Rejects with the message of an error reply. */
export async function askValkey(port: number, ...words: string[]): Promise<ValkeyReply> {
  const socket = connect({ port, host: '127.0.0.1', signal: AbortSignal.timeout(limitMs) })
  try {
    await once(socket, 'connect')
    socket.write(encodeCommand(words))
    let received = ''
    for await (const chunk of socket.setEncoding('utf8')) {
      received += chunk
      const parsed = parseReply(received, 0)
      if (parsed !== undefined) return parsed.reply
    }
    throw new Error('The server closed the connection')
  } finally {
    socket.destroy()
  }
}

function encodeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`
}

interface Parsed {
  readonly reply: ValkeyReply
  readonly end: number
}

/** `undefined` while the reply is not complete. */
function parseReply(text: string, start: number): Parsed | undefined {
  const lineEnd = text.indexOf('\r\n', start)
  if (lineEnd === -1) return undefined
  const rest = text.slice(start + 1, lineEnd)
  const end = lineEnd + 2
  switch (text[start]) {
    case '+':
      return { reply: rest, end }
    case ':':
      return { reply: Number(rest), end }
    case '$':
      return parseBulk(text, end, Number(rest))
    case '*':
      return parseArray(text, end, Number(rest))
    default:
      throw new Error(rest)
  }
}

// Lengths count bytes; what servers say about themselves is ASCII.
function parseBulk(text: string, start: number, length: number): Parsed | undefined {
  if (length === -1) return { reply: null, end: start }
  const end = start + length + 2
  return end > text.length ? undefined : { reply: text.slice(start, end - 2), end }
}

function parseArray(text: string, start: number, length: number): Parsed | undefined {
  const reply: ValkeyReply[] = []
  let end = start
  for (let item = 0; item < length; item += 1) {
    const parsed = parseReply(text, end)
    if (parsed === undefined) return undefined
    reply.push(parsed.reply)
    end = parsed.end
  }
  return { reply, end }
}
