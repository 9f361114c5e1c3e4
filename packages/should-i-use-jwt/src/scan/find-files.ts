// Which files are the project's own code: what Git ignores, what was generated, and tests are not.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ignore, { type Ignore } from 'ignore'

const source = /\.(?:[cm]?[jt]s|[jt]sx)$/
const notRead = /\.d\.[cm]?ts$|\.min\.js$|(?:^|[._-])(?:test|spec|stories|e2e-spec)\.[^.]+$/
const configured = /(?:^|\/)config\/(?:default|production|development|local)\.json$/
const templates = /\.(?:vue|svelte|astro)$/
const foldersNotRead = new Set(
  '.git,node_modules,bower_components,vendor,coverage,dist,.next,.nuxt,.output,.turbo,.yarn,test,tests,__tests__,__mocks__,e2e,cypress'.split(
    ',',
  ),
)

export interface FoundFiles {
  /** Relative to the folder, with slashes. */
  readonly sources: readonly string[]
  readonly manifests: readonly string[]
  /** What the package `config` reads. */
  readonly settings: readonly string[]
  /** Formats that hold code but are not read. */
  readonly notRead: readonly string[]
}

interface Rules {
  readonly folder: string
  readonly rules: Ignore
}

/** Throws what the file system throws when `root` cannot be read. */
export function findFiles(root: string): FoundFiles {
  const sources: string[] = []
  const manifests: string[] = []
  const settings: string[] = []
  const unread: string[] = []
  const visit = (folder: string, outer: readonly Rules[]): void => {
    const entries = readdirSync(join(root, folder), { withFileTypes: true })
    const rules = withRulesOf(root, folder, outer)
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (foldersNotRead.has(entry.name) || isIgnored(`${path}/`, rules)) continue
        visit(path, rules)
      } else if (entry.isFile() && !isIgnored(path, rules)) {
        if (source.test(entry.name) && !notRead.test(entry.name)) sources.push(path)
        else if (entry.name === 'package.json' || isTypeScriptConfig(entry.name)) {
          manifests.push(path)
        } else if (configured.test(path)) settings.push(path)
        else if (templates.test(entry.name)) unread.push(path)
      }
    }
  }
  visit('', [])
  return { sources, manifests, settings, notRead: unread }
}

function isTypeScriptConfig(name: string): boolean {
  return /^[jt]sconfig(?:\.[\w-]+)*\.json$/.test(name)
}

function withRulesOf(root: string, folder: string, outer: readonly Rules[]): readonly Rules[] {
  try {
    const text = readFileSync(join(root, folder, '.gitignore'), 'utf8')
    return [...outer, { folder, rules: ignore().add(text) }]
  } catch {
    return outer
  }
}

// A file further in overrules those further out, as in Git.
function isIgnored(path: string, rules: readonly Rules[]): boolean {
  let isIgnored = false
  for (const each of rules) {
    const relative = each.folder === '' ? path : path.slice(each.folder.length + 1)
    const result = each.rules.test(relative)
    if (result.ignored) isIgnored = true
    else if (result.unignored) isIgnored = false
  }
  return isIgnored
}
