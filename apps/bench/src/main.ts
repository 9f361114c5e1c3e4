// `npm run bench`: chooses the scenario, prints what it found, and writes it as JSON if asked to.
import { writeFileSync } from 'node:fs'
import { ArgumentError, parseArguments, usage } from './arguments.ts'
import { CheckFailed } from './measuring/check-target.ts'
import { describeMachine } from './reporting/machine.ts'
import type { Scenario } from './scenario.ts'
import { accessTokens } from './scenarios/access-tokens.ts'
import { http } from './scenarios/http.ts'
import { postgresMillion } from './scenarios/postgres-million.ts'
import { revocation } from './scenarios/revocation.ts'
import { verifyCached } from './scenarios/verify-cached.ts'
import { verifyMysql } from './scenarios/verify-mysql.ts'
import { verifyPostgres } from './scenarios/verify-postgres.ts'
import { verifySqlite } from './scenarios/verify-sqlite.ts'
import { verifyValkey } from './scenarios/verify-valkey.ts'
import { withTemporaryDirectory } from './temporary-directory.ts'

const scenarios: readonly Scenario[] = [
  verifySqlite,
  verifyCached,
  verifyPostgres,
  verifyMysql,
  verifyValkey,
  revocation,
  postgresMillion,
  accessTokens,
  http,
]
const exitCodes = { checkFailed: 1, usage: 2 }

async function main(): Promise<void> {
  const { scenario, json, ...options } = parseArguments(process.argv.slice(2), scenarios)
  if (scenario === undefined) {
    console.log(`${usage}\n`)
    for (const { name, question } of scenarios) console.log(`${name}\n  ${question}`)
    return
  }
  const machine = describeMachine()
  const { seed, quick } = options
  const { text, figures } = await withTemporaryDirectory((directory) =>
    scenario.run({ ...options, directory, progress: (line) => console.error(line) }),
  )
  const { cpu, cores, memoryGiB, system, node } = machine
  console.log(`\n${scenario.name}: ${scenario.question}`)
  console.log(`${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}, seed ${seed}`)
  if (quick) console.log('Quick: to see that it runs. Do not cite these figures.')
  console.log(`\n${text}`)
  if (json !== undefined) {
    const date = new Date().toISOString()
    const all = { scenario: scenario.name, date, seed, quick, machine, ...figures }
    writeFileSync(json, `${JSON.stringify(all, undefined, 2)}\n`)
  }
}

try {
  await main()
} catch (error) {
  if (error instanceof ArgumentError) {
    console.error(`${error.message}\n\n${usage}`)
    process.exitCode = exitCodes.usage
  } else if (error instanceof CheckFailed) {
    console.error(`The bench failed: ${error.message}`)
    process.exitCode = exitCodes.checkFailed
  } else {
    throw error
  }
}
