export { type FeedContractOptions, feedContract } from './feed-contract.ts'
export type { FeedHarness } from './feed-harness.ts'
export type {
  ContractAuth,
  ContractUser,
  Listening,
  StartServer,
} from './http-cases/site.ts'
export { httpContract } from './http-contract.ts'
export { type SignedInAs, signInAs } from './sign-in-as.ts'
export { signingKeysContract } from './signing-keys-contract.ts'
export { type StoreContractOptions, storeContract } from './store-contract.ts'
export type { StoreHarness } from './store-harness.ts'
export { type TestClock, testClock } from './test-clock.ts'
