// The long fuzz run: `npm run fuzz -- --mutations 10000000 --seed 1`.
import { parseArgs } from 'node:util'
import { seededRandom } from '../src/testing/random.ts'
import { fuzz } from './fuzz-run.ts'

const { mutations, seed } = readArguments()

process.env.CLOAKROOM_TEST_SEED = String(seed)
const random = seededRandom({ name: 'fuzz', diagnostic: console.log })
const start = performance.now()
const report = await fuzz(random, mutations, (done) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${mutations}`)
})
const seconds = ((performance.now() - start) / 1000).toFixed(0)
console.log(
  `${report.mutations} mutations in ${seconds} s, ${report.overHttp} of them also over HTTP. ` +
    `${report.harmless} still carried their token legally and were accepted; of the others none was, ` +
    'none threw, and none was answered with 5xx.',
)

function readArguments(): { mutations: number; seed: number } {
  try {
    const { values } = parseArgs({
      options: {
        mutations: { type: 'string', default: '10000000' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
      },
    })
    const [mutations, seed] = [Number(values.mutations), Number(values.seed)]
    if (!Number.isSafeInteger(mutations) || mutations < 1 || !Number.isSafeInteger(seed)) {
      throw new TypeError('--mutations and --seed must be whole numbers')
    }
    return { mutations, seed }
  } catch (error) {
    console.error(`${(error as Error).message}\nUsage: npm run fuzz -- [--mutations N] [--seed N]`)
    process.exit(2)
  }
}
