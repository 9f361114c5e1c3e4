import { raw } from 'hono/html'
import type { Html } from './rendered.ts'

const icons = {
  phone: drawn('<rect x="7" y="3" width="10" height="18" rx="2"/><path d="M11 18h2"/>'),
  computer: drawn(
    '<rect x="3" y="4.5" width="18" height="12" rx="1.5"/><path d="M9 20h6m-3-3.5V20"/>',
  ),
  program: drawn(
    '<rect x="3" y="4.5" width="18" height="15" rx="1.5"/><path d="m7 10 2.5 2.5L7 15m6 0h4"/>',
  ),
}

/** A picture of the kind of device that a label such as `Firefox on Android` names. */
export function deviceIcon(device: string | null): Html {
  if (device === null || !/ on /.test(device)) return icons.program
  return /\b(?:iPhone|iPad|Android)$/.test(device) ? icons.phone : icons.computer
}

function drawn(shapes: string): Html {
  return raw(
    `<svg class="device-icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${shapes}</svg>`,
  )
}
