// The project as it lies in its folder: sources, packages, path aliases.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { dirname } from 'node:path/posix'
import { findFiles } from './find-files.ts'
import { type Json, objectAt, readJson } from './read-json.ts'
import { readSourceFile, type SourceFile } from './source-file.ts'
import type { Node } from './syntax.ts'

export interface Package {
  readonly name: string
  /** '' for the project itself. */
  readonly folder: string
  readonly manifest: { readonly [key: string]: Json }
  readonly dependencies: ReadonlySet<string>
}

export interface TypeScriptConfig {
  readonly path: string
  readonly settings: { readonly [key: string]: Json }
}

export interface Project {
  readonly root: string
  readonly files: ReadonlyMap<string, SourceFile>
  readonly packages: readonly Package[]
  /** The files of the package `config`. */
  readonly settings: readonly Json[]
  readonly typeScriptConfigs: readonly TypeScriptConfig[]
  /** Files that could not be read or parsed, and why. */
  readonly broken: readonly { readonly path: string; readonly reason: string }[]
  /** Code in formats that are not read. */
  readonly notRead: readonly string[]
  readonly lines: number
  fileOf(node: Node): SourceFile
}

export type Progress = (done: number, total: number) => void

// A bundle tells nothing about how its parts are written, and takes long.
const largestFile = 1_000_000

export function readProject(root: string, progress: Progress = () => {}): Project {
  const { sources, manifests, settings, notRead } = findFiles(root)
  const files = new Map<string, SourceFile>()
  const byProgram = new Map<Node, SourceFile>()
  const broken: { path: string; reason: string }[] = []
  let lines = 0
  for (const [index, path] of sources.entries()) {
    progress(index, sources.length)
    try {
      const text = readFileSync(join(root, path), 'utf8')
      if (text.length > largestFile) {
        broken.push({ path, reason: 'larger than a megabyte: taken for a bundle' })
        continue
      }
      const file = readSourceFile(path, text)
      files.set(path, file)
      byProgram.set(file.program, file)
      lines += text.split('\n').length
      const [error] = file.errors
      if (error !== undefined) broken.push({ path, reason: error })
    } catch (error) {
      broken.push({ path, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  const json = manifests.map((path) => ({ path, value: readManifest(join(root, path)) }))
  return {
    root,
    files,
    packages: json.filter(({ path }) => basename(path) === 'package.json').map(toPackage),
    typeScriptConfigs: json
      .filter(({ path }) => basename(path) !== 'package.json')
      .map(({ path, value }) => ({ path, settings: objectAt(value) })),
    settings: settings.flatMap((path) => readManifest(join(root, path)) ?? []),
    broken,
    notRead,
    lines,
    fileOf(node) {
      let top = node
      while (top.parent) top = top.parent
      const file = byProgram.get(top)
      if (file === undefined) throw new TypeError('The node is of another project')
      return file
    },
  }
}

function readManifest(path: string): Json | undefined {
  try {
    return readJson(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function toPackage({ path, value }: { path: string; value: Json | undefined }): Package {
  const manifest = objectAt(value)
  const folder = dirname(path)
  return {
    name: typeof manifest.name === 'string' ? manifest.name : '',
    folder: folder === '.' ? '' : folder,
    manifest,
    dependencies: new Set([
      ...Object.keys(objectAt(manifest, 'dependencies')),
      ...Object.keys(objectAt(manifest, 'devDependencies')),
      ...Object.keys(objectAt(manifest, 'peerDependencies')),
    ]),
  }
}

/** The innermost package that a file belongs to. */
export function packageOf({ packages }: Project, path: string): Package | undefined {
  return packages
    .filter(({ folder }) => folder === '' || path.startsWith(`${folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0]
}
