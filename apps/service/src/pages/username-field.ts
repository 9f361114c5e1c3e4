import { html } from 'hono/html'
import type { Html } from './rendered.ts'

/** Not seen and not sent anywhere else: tells password managers whose password is asked for. */
export function usernameField(email: string): Html {
  return html`<input type="text" autocomplete="username" value="${email}" readonly hidden>`
}
