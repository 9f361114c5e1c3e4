export { requireAccount } from './require-account.js';
export { issueAccessToken } from './access-token.js';
export { grantRefresh, consumeRefresh } from './refresh.js';
