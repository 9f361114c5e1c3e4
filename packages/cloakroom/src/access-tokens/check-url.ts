const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * An https URL without credentials, query and fragment; http only to this very machine.
 * @throws {TypeError} naming the option
 */
export function checkUrl(name: string, value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname))
  if (isSafe && url.username === '' && url.password === '' && !/[?#\s]/.test(value as string)) {
    return value as string
  }
  throw new TypeError(
    `${name} must be an https URL without query and fragment, such as https://auth.example; http only on localhost`,
  )
}
