import { raw } from 'hono/html'

// A hanger inside a ticket with its two notches.
const shapes =
  '<path d="M4 5.5h24a2 2 0 0 1 2 2v4.6a4 4 0 0 0 0 7.8v4.6a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2v-4.6a4 4 0 0 0 0-7.8V7.5a2 2 0 0 1 2-2Z" fill="FILL"/>' +
  '<path d="M13.6 11.4a2.4 2.4 0 1 1 3.5 2.1c-.7.4-1.1.9-1.1 1.7v.4m0 0 7.3 4.5c.9.6.5 1.9-.5 1.9H9.2c-1 0-1.4-1.3-.5-1.9l7.3-4.5Z" fill="none" stroke="STROKE" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>'

/** The mark in the header, in the colours of the stylesheet. It says nothing that the name beside it does not. */
export const mark = raw(
  `<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">${drawn('var(--accent)', 'var(--on-accent)')}</svg>`,
)

/** The same as a file, for browser tabs. */
export const markFile = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${drawn('#1d5b4f', '#fffdf9')}</svg>`

function drawn(fill: string, stroke: string): string {
  return shapes.replace('FILL', fill).replace('STROKE', stroke)
}
