/** The engine behind `should-i-use-jwt measure`: HTTP applications in processes of their own, side by side. */
export type { Application, Credentials, RequestKind } from './application.ts'
export { bootstrap, compareRounds, type Estimate, isDifferent } from './bootstrap.ts'
export { type HttpClient, openHttpClient } from './http-client.ts'
export { type Cell, measureRounds, type RoundsOptions } from './measure-rounds.ts'
export { type Random, seededRandom } from './random.ts'
export type { Round } from './run-load.ts'
export { serveApplication } from './serve-application.ts'
export {
  type RunningApplication,
  type StartOptions,
  startApplication,
} from './start-application.ts'
export { CheckFailed, type Workload } from './workload.ts'
