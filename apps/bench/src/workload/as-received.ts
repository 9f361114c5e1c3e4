/**
 * The same text in one piece, as it comes out of a socket. What was put together with `+` is a tree
 * of pieces inside V8, and whoever reads it first would pay for putting them in a row.
 */
export function asReceived(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
