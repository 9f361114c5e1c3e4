// Which layer of the library may import which: the only place where that is written as code.
// docs/request-lifecycle.md shows what it is for.
import { dirname, join, normalize } from 'node:path/posix'
import type { Import } from './imports.ts'

interface Layer {
  /** Layers of which it may import anything. */
  readonly values: readonly LayerName[]
  /** Layers of which it may import types as well. */
  readonly types?: readonly LayerName[]
  /** What it publishes stands alone: `stores/sqlite` imports nothing of `stores/memory`. */
  readonly isSplit?: boolean
  /** Packages that it may import at run time. */
  readonly packages?: readonly string[]
  /** It may import types of any package, which its user has anyway. */
  readonly hasPackageTypes?: boolean
  /** It may import what is only known at run time: modules and packages of its user's. */
  readonly hasComputedImports?: boolean
}

type LayerName = keyof typeof layerFiles

/** The files of a layer: a folder, or single files. */
const layerFiles = {
  errors: ['errors.ts'],
  core: ['core/'],
  http: ['http/'],
  options: ['options.ts'],
  stores: ['stores/'],
  cache: ['cache/'],
  adapters: ['adapters/'],
  'express-session': ['express-session/'],
  'client-sessions': ['client-sessions/'],
  'access-tokens': ['access-tokens/'],
  cloakroom: ['cloakroom.ts'],
  index: ['index.ts'],
  cli: ['cli/'],
  testing: ['testing/'],
} as const

const shipped = Object.keys(layerFiles).filter(
  (name) => name !== 'cli' && name !== 'testing',
) as LayerName[]

const layers: Record<LayerName, Layer> = {
  errors: { values: ['errors'] },
  core: { values: ['core', 'errors'] },
  http: { values: ['http', 'core', 'errors'] },
  options: { values: ['core', 'http', 'errors'] },
  stores: { values: ['stores', 'core', 'errors'], isSplit: true },
  cache: { values: ['cache', 'core'], packages: ['lru-cache'] },
  adapters: {
    values: ['adapters', 'http', 'errors'],
    types: ['core', 'cloakroom'],
    isSplit: true,
    hasPackageTypes: true,
  },
  'express-session': {
    values: ['express-session', 'http', 'core', 'errors'],
    types: ['cloakroom'],
  },
  'client-sessions': { values: ['client-sessions', 'core', 'errors'], types: ['cloakroom'] },
  'access-tokens': { values: ['access-tokens', 'core', 'errors'], packages: ['jose'] },
  cloakroom: { values: shipped },
  index: { values: shipped },
  cli: { values: [...shipped, 'cli'], hasComputedImports: true },
  testing: { values: [...shipped, 'testing'], hasPackageTypes: true },
}

/** Modules of Node that belong to some layers only; the others belong to all. */
const builtinLayers: Readonly<Record<string, readonly LayerName[]>> = {
  'node:http': ['adapters', 'testing'],
  'node:https': ['adapters', 'testing'],
  'node:http2': ['adapters', 'testing'],
  'node:sqlite': ['stores', 'cli', 'testing'],
  'node:test': ['testing'],
  'node:assert': ['testing'],
  // Its `createRequire` is an import that this check cannot see.
  'node:module': ['cli'],
}

const typesForAll = ['@standard-schema/spec']

/**
 * What is wrong with an import in a file of the library. Paths are relative to `src`; `published`
 * are those that the package exports.
 */
export function brokenRule(
  file: string,
  { specifier, isType }: Import,
  published: readonly string[],
): string | undefined {
  const name = layerOf(file)
  if (name === undefined) return `${file} belongs to no layer`
  if (specifier === undefined) {
    if (layers[name].hasComputedImports === true) return undefined
    return 'what is imported must be written as plain text'
  }
  if (specifier.startsWith('node:')) return brokenBuiltinRule(name, specifier)
  if (!specifier.startsWith('.')) return brokenPackageRule(name, specifier, isType)
  const target = resolveImport(file, specifier)
  return brokenLayerRule(name, target, isType) ?? brokenNeighbourRule(name, file, target, published)
}

/** The file that a relative import means, relative to `src`. */
export function resolveImport(file: string, specifier: string): string {
  return normalize(join(dirname(file), specifier))
}

function brokenLayerRule(name: LayerName, target: string, isType: boolean): string | undefined {
  const targetName = layerOf(target)
  if (targetName === undefined) return `${target} belongs to no layer`
  const { values, types = [] } = layers[name]
  if (types.includes(targetName)) {
    return isType ? undefined : `${name} may import only types of ${targetName} (import type)`
  }
  if (values.includes(targetName)) return undefined
  const allowed = [...values, ...types.map((type) => `types of ${type}`)]
  return `${name} may import only ${allowed.join(', ')}`
}

// What neighbours share is a file of its own, which is not published.
function brokenNeighbourRule(
  name: LayerName,
  file: string,
  target: string,
  published: readonly string[],
): string | undefined {
  if (layers[name].isSplit !== true || layerOf(target) !== name) return undefined
  const neighbour = partOf(target)
  if (neighbour === partOf(file)) return undefined
  if (!published.some((path) => partOf(path) === neighbour)) return undefined
  return `${partOf(file)} may not import its neighbour ${neighbour}`
}

function brokenBuiltinRule(name: LayerName, specifier: string): string | undefined {
  const [module = ''] = specifier.split('/')
  const allowed = builtinLayers[module]
  if (allowed === undefined || allowed.includes(name)) return undefined
  return `${module} is for ${allowed.join(', ')}, not for ${name}`
}

function brokenPackageRule(
  name: LayerName,
  specifier: string,
  isType: boolean,
): string | undefined {
  const { packages = [], hasPackageTypes = false } = layers[name]
  if (packages.includes(specifier)) return undefined
  if (isType && (hasPackageTypes || typesForAll.includes(specifier))) return undefined
  return isType
    ? `${name} may not import types of packages other than ${typesForAll.join(', ')}`
    : 'the library imports no package at run time (import type, or node: before a module of Node)'
}

export function hasLayer(file: string): boolean {
  return layerOf(file) !== undefined
}

function layerOf(file: string): LayerName | undefined {
  const names = Object.keys(layerFiles) as LayerName[]
  return names.find((name) =>
    layerFiles[name].some((path) => (path.endsWith('/') ? file.startsWith(path) : file === path)),
  )
}

// stores/sqlite/schema.ts and stores/sqlite.ts are both of stores/sqlite.
function partOf(file: string): string {
  return file.split('/').slice(0, 2).join('/').replace(/\.ts$/, '')
}
