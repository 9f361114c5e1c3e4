import { crc32 } from 'node:zlib'
import { integerBelow, pick, type Random } from '../src/testing/random.ts'

const characters = [
  ...'ABCabcxyz0189-_=+/.~;, "\'\\%&?#@!|^`(){}[]<>:',
  '\t',
  '\0',
  '\u00a0',
  '\u2003',
  'ÿ',
  '\u{1f600}',
]

/** A text that differs from `text` in one to three random edits; rarely it happens to be the same. */
export function mutate(random: Random, text: string): string {
  let mutated = text
  for (let edits = 1 + integerBelow(random, 3); edits > 0; edits -= 1) {
    mutated = pick(random, edit)(random, mutated)
  }
  return mutated
}

const edit: readonly ((random: Random, text: string) => string)[] = [
  (random, text) => splice(text, integerBelow(random, text.length), 1, pick(random, characters)),
  (random, text) => splice(text, integerBelow(random, text.length), 0, pick(random, characters)),
  (random, text) => splice(text, integerBelow(random, text.length), 1, ''),
  (random, text) => text.slice(0, integerBelow(random, text.length)),
  (random, text) => text.slice(integerBelow(random, text.length)),
  (_, text) => text + text,
  (random, text) => flipCase(text, integerBelow(random, text.length)),
  (random, text) => {
    const [a, b] = [integerBelow(random, text.length), integerBelow(random, text.length)]
    return splice(splice(text, a, 1, text.charAt(b)), b, 1, text.charAt(a))
  },
]

function splice(text: string, at: number, remove: number, insert: string): string {
  return text.slice(0, at) + insert + text.slice(at + remove)
}

function flipCase(text: string, at: number): string {
  const character = text.charAt(at)
  const lower = character.toLowerCase()
  return splice(text, at, 1, character === lower ? character.toUpperCase() : lower)
}

const prefixLength = 6
const bodyEnd = prefixLength + 64
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * A token with one bit of its 48 bytes flipped and a right checksum, so that it is well-formed: only
 * what the database holds can tell it from a real one.
 */
export function forge(random: Random, token: string): string {
  const bytes = Buffer.from(token.slice(prefixLength, bodyEnd), 'base64url')
  const at = integerBelow(random, bytes.length)
  bytes[at] = (bytes[at] as number) ^ (1 << integerBelow(random, 8))
  const text = token.slice(0, prefixLength) + bytes.toString('base64url')
  let rest = crc32(text)
  let checksum = ''
  for (let digit = 0; digit < 6; digit += 1) {
    checksum = base62.charAt(rest % 62) + checksum
    rest = Math.floor(rest / 62)
  }
  return text + checksum
}
