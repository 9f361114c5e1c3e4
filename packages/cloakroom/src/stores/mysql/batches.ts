import type { SqlValue } from '../sql/dialect.ts'

// Each length of a list is a statement of its own, which the server keeps for each connection.
const lengths = [1, 16, 128, 512] as const
const largest = lengths[3]

/** Session ids as parameters: lists of few different lengths, filled up with one that is in them. */
export function* batches(ids: readonly Uint8Array[]): Generator<SqlValue[]> {
  for (let from = 0; from < ids.length; from += largest) {
    const batch = ids.slice(from, from + largest).map(toBuffer)
    const length = lengths.find((each) => each >= batch.length) ?? largest
    yield [...batch, ...Array<SqlValue>(length - batch.length).fill(batch[0])]
  }
}

/** Bytes as the driver takes them: other arrays would become text. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
