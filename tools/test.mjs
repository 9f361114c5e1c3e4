// `npm test`: every check that there is, from a bare clone. Plain JavaScript, because it runs
// before there is any Node of the right version, or any dependency.
import { launch } from './setup.mjs'

await launch({ program: 'tools/run-tests.ts' })
