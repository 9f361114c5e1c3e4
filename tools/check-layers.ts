// Keeps the library in layers: imports, type imports included, go one way, and never in a circle.
// The compiler does not care, and a reviewer sees one import at a time, so this looks at all.
// The applications, in their turn, may see nothing of the library but what it exports.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findCycles } from './layers/cycles.ts'
import { type Import, readImports } from './layers/imports.ts'
import { brokenRule, hasLayer, resolveImport } from './layers/rules.ts'

const library = 'packages/cloakroom'
const applications = ['apps/*/{src,test}/**/*.ts', 'examples/**/*.ts']

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly 'cloakroom-source': string }>>
}

/** What is wrong in the repository at `root`, a line each. */
export function checkLayers(root: string): string[] {
  const text = readFileSync(join(root, library, 'package.json'), 'utf8')
  const manifest = JSON.parse(text) as Manifest
  return [...checkLibrary(root, manifest), ...checkApplications(root, manifest)]
}

function checkLibrary(root: string, manifest: Manifest): string[] {
  const source = join(root, library, 'src')
  const files = globSync('**/*.ts', { cwd: source }).filter((file) => !isTest(file))
  if (files.length === 0) return [`${library}/src has no sources to check`]
  const published = publishedFiles(manifest)
  const problems: string[] = []
  const graph = new Map<string, readonly string[]>()
  for (const file of files.sort()) {
    if (!hasLayer(file)) problems.push(`${library}/src/${file} belongs to no layer`)
    const imports = readImports(file, readFileSync(join(source, file), 'utf8'))
    for (const each of imports) {
      const rule = brokenRule(file, each, published)
      if (rule !== undefined) problems.push(problem(`${library}/src/${file}`, each, rule))
    }
    graph.set(file, relativeImports(file, imports))
  }
  const cycles = findCycles(graph).map(
    (cycle) => `${library}/src has a cycle: ${cycle.join(' → ')}`,
  )
  return [...problems, ...cycles]
}

// Relative to src.
function publishedFiles({ exports }: Manifest): string[] {
  return Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target['cloakroom-source'].replace('./src/', '')],
  )
}

function relativeImports(file: string, imports: readonly Import[]): string[] {
  return imports.flatMap(({ specifier }) =>
    specifier?.startsWith('.') ? [resolveImport(file, specifier)] : [],
  )
}

// Tests may reach anything that they want to put to the test.
function isTest(file: string): boolean {
  return file.endsWith('.test.ts') || file.endsWith('.test-d.ts')
}

function checkApplications(root: string, { name, exports }: Manifest): string[] {
  const exported = Object.keys(exports).map((path) => path.replace('.', name))
  const files = globSync(applications, { cwd: root, exclude: ['**/node_modules/**'] })
  return files.sort().flatMap((file) => {
    const imports = readImports(file, readFileSync(join(root, file), 'utf8'))
    return imports.flatMap((each) => {
      const rule = brokenApplicationRule(file, each, exported)
      return rule === undefined ? [] : [problem(file, each, rule)]
    })
  })
}

function brokenApplicationRule(
  file: string,
  { specifier }: Import,
  exported: readonly string[],
): string | undefined {
  if (specifier === undefined) return undefined
  if (specifier.startsWith('.')) {
    const workspace = /^(apps\/[^/]+|[^/]+)/.exec(file)?.[0] ?? ''
    if (resolveImport(file, specifier).startsWith(`${workspace}/`)) return undefined
    return `a path may not lead out of ${workspace}`
  }
  const isLibrary = specifier === 'cloakroom' || specifier.startsWith('cloakroom/')
  if (!isLibrary || exported.includes(specifier)) return undefined
  return `${library}/package.json exports no such path`
}

function problem(file: string, { line, specifier }: Import, rule: string): string {
  return `${file}:${line} imports ${specifier ?? 'something computed'}: ${rule}`
}

if (import.meta.main) {
  const problems = checkLayers(join(import.meta.dirname, '..'))
  for (const line of problems) console.log(line)
  process.exitCode = problems.length === 0 ? 0 : 1
}
