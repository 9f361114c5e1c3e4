import { Redis } from 'iovalkey'
import { createClient } from 'redis'
import { mark } from '../../src/stores/valkey/scripts/sessions.ts'

type Word = string | Buffer
type Send = (this: object, ...words: never[]) => Promise<unknown>

/**
 * From now on, on connections by which this process asked for tracking, a PING takes the place of the
 * heartbeat's write and of WAIT: a server that has been replaced can answer that. Other connections
 * wait for their replicas as before.
 */
export function pingInPlaceOfWrite(): void {
  const nodeRedis = ownerOf(createClient(), 'sendCommand')
  sabotage(nodeRedis, 'sendCommand', {
    wordsOf: ([command]) => command as Word[],
    withWords: ([, ...rest], words) => [words, ...rest],
  })
  sabotage(ownerOf(Redis.prototype, 'callBuffer'), 'callBuffer', {
    wordsOf: (given) => given as Word[],
    withWords: (_given, words) => words,
  })
}

interface Shape {
  readonly wordsOf: (given: readonly unknown[]) => readonly Word[]
  readonly withWords: (given: readonly unknown[], words: readonly Word[]) => readonly unknown[]
}

function sabotage(prototype: Record<string, Send>, name: string, shape: Shape): void {
  const send = prototype[name] as Send
  const tracking = new WeakSet<object>()
  prototype[name] = async function (this: object, ...given: never[]) {
    const [first, second, third] = shape.wordsOf(given).map((word) => String(word).toLowerCase())
    if (first === 'client' && second === 'tracking' && third === 'on') tracking.add(this)
    if (!tracking.has(this)) return send.apply(this, given)
    const ping = () => send.apply(this, shape.withWords(given, ['ping']) as never[])
    if (first === 'wait') return ping().then(() => Number(second))
    if (second === mark.sha) return ping().then(() => ['marked'])
    return send.apply(this, given)
  }
}

/** The prototype that has the method itself. */
function ownerOf(instance: object, method: string): Record<string, Send> {
  let owner = instance
  while (!Object.hasOwn(owner, method)) owner = Object.getPrototypeOf(owner) as object
  return owner as Record<string, Send>
}
