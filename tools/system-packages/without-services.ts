import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'

/** Debian asks this program before a package starts the service that it brings. */
const standardPolicy = '/usr/sbin/policy-rc.d'

/** What is installed by `work` starts no service. A policy that the system has already is left alone. */
export function withoutServices<Result>(
  work: () => Result,
  policy: string = standardPolicy,
): Result {
  if (existsSync(policy)) return work()
  writeFileSync(policy, '#!/bin/sh\nexit 101\n')
  chmodSync(policy, 0o755)
  try {
    return work()
  } finally {
    rmSync(policy)
  }
}
