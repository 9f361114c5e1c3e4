export { type SignedInAs, signInAs } from './sign-in-as.ts'
export { type StoreContractOptions, storeContract } from './store-contract.ts'
export type { StoreHarness } from './store-harness.ts'
export { type TestClock, testClock } from './test-clock.ts'
