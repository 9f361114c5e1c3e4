// Keeps files small and honestly named: what is past 400 lines is two things, and what is called
// "utils" belongs to whoever uses it.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const maxLines = 400
const vagueName =
  /^(utils?|helpers?|managers?)$|[-_.](utils?|helpers?|managers?)$|(Utils?|Helpers?|Managers?)$/

// Projects to be scanned, written as their authors would.
const fixtures = 'packages/should-i-use-jwt/test/corpus*/**'

const sources = [
  '{packages,apps}/*/{src,test,bin}/**/*.{ts,js,mjs,cjs}',
  '{tools,examples}/**/*.{ts,js,mjs,cjs}',
]

/** What is wrong in the repository at `root`, a line each. */
export function checkSize(root: string): string[] {
  const files = globSync(sources, { cwd: root, exclude: ['**/node_modules/**', fixtures] }).sort()
  if (files.length === 0) return ['there are no sources to check']
  return files.flatMap((file) => [...checkLength(root, file), ...checkName(file)])
}

function checkLength(root: string, file: string): string[] {
  const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length
  return lines > maxLines ? [`${file} has ${lines} lines; at most ${maxLines} are allowed`] : []
}

function checkName(file: string): string[] {
  const names = file.split('/').map((part) => part.replace(/(\.test|\.test-d)?\.\w+$/, ''))
  const vague = names.find((name) => vagueName.test(name))
  return vague === undefined ? [] : [`${file}: "${vague}" says nothing; name it after what it does`]
}

if (import.meta.main) {
  const problems = checkSize(join(import.meta.dirname, '..'))
  for (const line of problems) console.log(line)
  process.exitCode = problems.length === 0 ? 0 : 1
}
