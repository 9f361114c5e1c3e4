/**
 * What servers run as, for `spawn`: PostgreSQL refuses to run as root, and no server under test
 * needs to. `nobody` owns nothing else. Otherwise it is whoever runs the tests.
 */
export const serverAccount: { readonly uid?: number; readonly gid?: number } =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
