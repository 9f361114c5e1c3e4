const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/**
 * Text that others wrote, fit for a terminal: a User-Agent could otherwise move the cursor, hide
 * rows or turn the direction of writing (ASVS 16.4.1). Line breaks are not spared either.
 */
export function printable(text: string): string {
  return text.replace(invisible, escaped)
}

/** JSON for programs, which may well show it in a terminal: escaped as JSON itself can. */
export function printableJson(value: unknown): string {
  const json = JSON.stringify(value, undefined, 2)
  return json.replace(invisible, (text) => (text === '\n' ? text : escaped(text)))
}

function escaped(text: string): string {
  return text
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

/** Hides passwords of URLs: drivers are free to put into a message whatever they were given. */
export function withoutPasswords(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/?#]*):\S*@/gi, '$1:***@')
    .replace(/([?&]password=)[^\s&]*/gi, '$1***')
}
