const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** `2026-07-30 14:03 UTC`: what a machine's zone is differs from one to the next. */
export function moment(at: number): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T')
  return `${day} ${time.slice(0, 5)} UTC`
}

/** `3 minutes ago`, `in 29 days`. */
export function distance(at: number, now: number): string {
  const seconds = (at - now) / 1000
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? units[3]
  return relative.format(Math.round(seconds / size), unit)
}
