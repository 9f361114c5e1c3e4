/**
 * A `return_to` value, if it is a path of this site that can be put into a `Location` header as it
 * is (ASVS 3.7.2). `undefined` for everything else: other sites, other schemes, `//host`, `/\host`,
 * and whatever a browser would turn into one of them by dropping or decoding characters.
 */
export function ownPath(value: string | null | undefined): string | undefined {
  if (value == null || value.length > maxLength || !shape.test(value)) return undefined
  if (encodedControlOrSlash.test(value)) return undefined
  const { origin, pathname } = new URL(value, base)
  // `/.//host` is a path until something normalises it to `//host`.
  return origin === base && !pathname.startsWith('//') ? value : undefined
}

const base = 'https://own.invalid'
const maxLength = 500
const shape = /^\/(?!\/)[\w.~!$&'()*+,;=:@%/?-]*$/
const encodedControlOrSlash = /%(?:[01][0-9a-f]|7f|2f|5c)/i
