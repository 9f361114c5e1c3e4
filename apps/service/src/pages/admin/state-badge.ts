import { html } from 'hono/html'
import type { UserSummary } from '../../service.ts'
import type { Html } from '../rendered.ts'
import { texts } from '../texts.ts'

/** Whether a user is blocked, and what they may do. */
export function stateBadge({ admin, blockedAt }: UserSummary): Html {
  const { state } = texts.admin
  const { administrator } = texts.account
  return html`<span class="badges">${
    blockedAt === null
      ? html`<span class="badge plain">${state.active}</span>`
      : html`<span class="badge warning">${state.blocked}</span>`
  } ${admin && html`<span class="badge">${administrator}</span>`}</span>`
}
