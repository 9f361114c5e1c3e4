import { html } from 'hono/html'
import type { UserSession } from '../service.ts'
import { deviceIcon } from './device-icon.ts'
import { momentFrom } from './moment.ts'
import type { Html } from './rendered.ts'
import { texts } from './texts.ts'

export interface SessionListOptions {
  readonly sessions: readonly UserSession[]
  /** Of the session that looks at the list. */
  readonly currentId: string
  /** What can be done with one of them. */
  action(session: UserSession): Html
}

/** Where somebody is signed in, this device first. */
export function sessionList({ sessions, currentId, action }: SessionListOptions): Html {
  const isCurrent = ({ id }: UserSession) => id === currentId
  const ordered = sessions.toSorted((a, b) => Number(isCurrent(b)) - Number(isCurrent(a)))
  return html`<ul class="sessions">
${ordered.map((session) => item(session, isCurrent(session), action(session)))}
</ul>`
}

function item(session: UserSession, isCurrent: boolean, action: Html): Html {
  const { sessions } = texts
  const { device, readAt, createdAt, lastSeenAt, expiresAt, clientId, impersonatorId } = session
  return html`<li class="session${isCurrent && ' current'}">
<div class="session-head">
${deviceIcon(device)}
<h3>${device ?? sessions.unknownDevice}</h3>
${isCurrent && html`<span class="badge">${sessions.thisDevice}</span>`}
${clientId !== null && html`<span class="badge">${sessions.client}</span>`}
${impersonatorId !== null && html`<span class="badge warning">${sessions.impersonated}</span>`}
</div>
<dl>
<div><dt>${sessions.address}</dt><dd>${session.ip ?? sessions.unknownAddress}</dd></div>
<div><dt>${sessions.created}</dt><dd>${momentFrom(readAt, createdAt)}</dd></div>
<div><dt>${sessions.lastSeen}</dt><dd>${isCurrent ? sessions.activeNow : momentFrom(readAt, lastSeenAt)}</dd></div>
<div><dt>${sessions.expires}</dt><dd>${momentFrom(readAt, expiresAt)}</dd></div>
</dl>
${action}
</li>`
}

/** A button that ends one session; to a screen reader it says which. */
export function endButton({ id, device, ip }: UserSession): Html {
  const { end, endWhich, unknownDevice, unknownAddress } = texts.sessions
  const which = endWhich(device ?? unknownDevice, ip ?? unknownAddress)
  return html`<button name="end" value="${id}">${end}<span class="visually-hidden"> ${which}</span></button>`
}
