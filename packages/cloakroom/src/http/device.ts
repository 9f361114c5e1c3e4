const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:HeadlessChrome|Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*Safari\//, 'Safari'],
]

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
]

/** The longest label, in characters: it is stored with every session. */
const maxLength = 40

/** Real ones are shorter. Bounds the time that a hostile one can take. */
const maxUserAgentLength = 512

/**
 * A User-Agent reduced to what a person recognises: `Firefox on Linux`. For other programs the
 * first product name, such as `curl/8.9.1`. It is what the client claims, and proves nothing.
 */
export function deviceLabel(userAgent: string | undefined): string | null {
  if (userAgent === undefined) return null
  const text = userAgent.slice(0, maxUserAgentLength)
  const browser = labelOf(text, browsers)
  const system = labelOf(text, systems)
  if (browser !== undefined) return system === undefined ? browser : `${browser} on ${system}`
  const product = /^[\w!#$%&'*+.^`|~/-]+/.exec(text)?.[0]
  // A browser inside another program says only what it runs on.
  if (product?.startsWith('Mozilla/') && system !== undefined) return system
  return product?.slice(0, maxLength) ?? null
}

function labelOf(text: string, labels: readonly (readonly [RegExp, string])[]): string | undefined {
  return labels.find(([pattern]) => pattern.test(text))?.[1]
}
