import { html } from 'hono/html'
import type { Html } from './rendered.ts'
import { texts } from './texts.ts'

const date = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
})
const relative = new Intl.RelativeTimeFormat(texts.language, { numeric: 'auto' })

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** A point in time for people and programs. Without scripts nobody knows the reader's zone: UTC. */
export function moment(at: Date): Html {
  return html`<time datetime="${at.toISOString()}">${date.format(at)} UTC</time>`
}

/** The same, and how long ago or ahead that is of `now`. */
export function momentFrom(now: Date, at: Date): Html {
  return html`<span class="relative">${distance(at.getTime() - now.getTime())}</span> <span class="absolute">${moment(at)}</span>`
}

/** `in 3 minutes`; rounded up, because who tries again a second early is refused again. */
export function waitText(seconds: number): string {
  return seconds <= 60
    ? relative.format(seconds, 'second')
    : relative.format(Math.ceil(seconds / 60), 'minute')
}

function distance(milliseconds: number): string {
  const seconds = milliseconds / 1000
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? units[3]
  return relative.format(Math.round(seconds / size), unit)
}
