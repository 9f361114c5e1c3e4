export type { AnonymousReason } from '../core/session.ts'
export {
  type ClientSessions,
  type ClientSignInOptions,
  clientSessions,
} from './client-sessions.ts'
export type { Refreshed } from './refresh.ts'
