// `npm run bench -- NAME …`: the benchmarks, from a bare clone. Plain JavaScript, because it runs
// before there is any Node of the right version, or any dependency.
import { launch } from './setup.mjs'

await launch({ program: 'apps/bench/src/main.ts' })
