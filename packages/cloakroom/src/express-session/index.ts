export {
  type ExpressSessionStoreOptions,
  expressSessionStore,
  type SessionOf,
  type SignInVerbs,
} from './express-session-store.ts'
export { sessionIdOf } from './sid.ts'
