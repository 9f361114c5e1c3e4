// `npm run torture -- …`: processes on real servers while everything fails, from a bare clone. Plain
// JavaScript, because it runs before there is any Node of the right version, or any dependency.
import { launch } from './setup.mjs'

await launch({ program: 'packages/cloakroom/test/torture/main.ts' })
