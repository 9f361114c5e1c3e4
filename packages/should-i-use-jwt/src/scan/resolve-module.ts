// Which file an import means: relative paths, path aliases of tsconfig.json, packages of the same
// workspace. What is none of them is somebody else's package, and need not be installed.
import { dirname, join, normalize } from 'node:path/posix'
import type { Project } from './project.ts'
import { type Json, objectAt } from './read-json.ts'

export type Resolved =
  | { readonly file: string }
  | { readonly package: string }
  /** It looks like a file of the project, and is not among those that were read. */
  | { readonly missing: string }

const extensions = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs']

export function createResolver(project: Project): (specifier: string, from: string) => Resolved {
  const aliases = readAliases(project)
  const found = new Map<string, Resolved>()
  const resolve = (specifier: string, from: string): Resolved => {
    if (/^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..') {
      const path = normalize(join(dirname(from), specifier))
      return toFile(project, path, specifier)
    }
    for (const { folder, pattern, targets } of aliases) {
      if (folder !== '' && !from.startsWith(`${folder}/`)) continue
      const rest = matchAlias(pattern, specifier)
      if (rest === undefined) continue
      for (const target of targets) {
        const file = findFile(project, normalize(target.replace('*', rest)))
        if (file !== undefined) return { file }
      }
      // `*` is often there for types only.
      if (pattern !== '*') return { missing: specifier }
    }
    return toPackageFile(project, specifier) ?? toPackage(specifier)
  }
  return (specifier, from) => {
    const key = `${dirname(from)}\0${specifier}`
    const known = found.get(key) ?? resolve(specifier, from)
    found.set(key, known)
    return known
  }
}

function toPackage(specifier: string): Resolved {
  if (/^[#~]|^@\//.test(specifier)) return { missing: specifier }
  return { package: specifier.replace(/^node:|^npm:|^jsr:/, '') }
}

function toFile(project: Project, path: string, specifier: string): Resolved {
  const file = findFile(project, path)
  return file === undefined ? { missing: specifier } : { file }
}

function findFile({ files }: Project, path: string): string | undefined {
  const plain = path.replace(/\/$/, '')
  // TypeScript writes the extension of what it will compile to.
  const stem = plain.replace(/\.[cm]?jsx?$/, '')
  const candidates = [
    plain,
    ...extensions.map((extension) => plain + extension),
    ...(stem === plain ? [] : extensions.map((extension) => stem + extension)),
    ...extensions.map((extension) => `${plain}/index${extension}`.replace(/^\.?\//, '')),
  ]
  return candidates.find((each) => files.has(each))
}

interface Alias {
  /** Where the settings hold. */
  readonly folder: string
  readonly pattern: string
  readonly targets: readonly string[]
}

function readAliases(project: Project): Alias[] {
  const aliases: Alias[] = []
  const configs = new Map(project.typeScriptConfigs.map((each) => [each.path, each.settings]))
  for (const { path, settings } of project.typeScriptConfigs) {
    const folder = dirname(path) === '.' ? '' : dirname(path)
    aliases.push(...pathsOf(configs, path, settings, folder, new Set()))
  }
  for (const { folder, manifest } of project.packages) {
    for (const [pattern, target] of Object.entries(objectAt(manifest, 'imports'))) {
      const targets = textsIn(target).map((each) => normalize(join(folder, each)))
      aliases.push({ folder, pattern, targets })
    }
  }
  return aliases.sort(
    (a, b) => b.folder.length - a.folder.length || b.pattern.length - a.pattern.length,
  )
}

function pathsOf(
  configs: ReadonlyMap<string, { readonly [key: string]: Json }>,
  path: string,
  settings: { readonly [key: string]: Json },
  folder: string,
  seen: Set<string>,
): Alias[] {
  seen.add(path)
  const options = objectAt(settings.compilerOptions)
  const base = join(dirname(path), typeof options.baseUrl === 'string' ? options.baseUrl : '.')
  const aliases: Alias[] = Object.entries(objectAt(options.paths)).map(([pattern, targets]) => ({
    folder,
    pattern,
    targets: textsIn(targets).map((each) => join(base, each)),
  }))
  if (typeof options.baseUrl === 'string') {
    aliases.push({ folder, pattern: '*', targets: [join(base, '*')] })
  }
  for (const parent of textsIn(settings.extends ?? null)) {
    const parentPath = normalize(join(dirname(path), parent))
    for (const each of [parentPath, `${parentPath}.json`]) {
      const inherited = configs.get(each)
      if (inherited && !seen.has(each))
        aliases.push(...pathsOf(configs, each, inherited, folder, seen))
    }
  }
  return aliases
}

// The texts in conditional targets, in order; the first that is a file is taken.
function textsIn(value: Json): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

function matchAlias(pattern: string, specifier: string): string | undefined {
  const star = pattern.indexOf('*')
  if (star === -1) return pattern === specifier ? '' : undefined
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)]
  if (specifier.length < before.length + after.length) return undefined
  if (!specifier.startsWith(before) || !specifier.endsWith(after)) return undefined
  return specifier.slice(before.length, specifier.length - after.length)
}

function toPackageFile(project: Project, specifier: string): Resolved | undefined {
  const own = project.packages.find(
    ({ name }) => name !== '' && (specifier === name || specifier.startsWith(`${name}/`)),
  )
  if (own === undefined) return undefined
  const path = `.${specifier.slice(own.name.length)}`
  const exported = own.manifest.exports
  const conditions =
    typeof exported === 'string' && path === '.' ? exported : objectAt(exported)[path]
  const named = [conditions ?? null, path === '.' ? [own.manifest.module, own.manifest.main] : null]
  const targets = textsIn(named.flat().filter((each) => each !== undefined) as Json)
  const guesses = path === '.' ? ['src/index', 'index', 'src'] : [path, `src/${path}`]
  for (const target of [...targets, ...targets.map(toSource), ...guesses]) {
    const file = findFile(project, normalize(join(own.folder, target)))
    if (file !== undefined) return { file }
  }
  return { missing: specifier }
}

// What is exported is often the build, which is not there.
function toSource(target: string): string {
  return target
    .replace(/^(?:\.\/)?(?:dist|build|lib)\//, 'src/')
    .replace(/\.d\.[cm]?ts$|\.[cm]?js$/, '')
}
