// Packs the library with npm itself, and looks at what has come along.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { npmCommand } from '../setup/npm-command.mjs'
import type { Manifest } from './manifest.ts'

interface Packed {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** Makes the tarball beside `built`. */
export async function packPackage(
  manifest: Manifest,
  built: string,
): Promise<{ tarball: string; problems: string[] }> {
  const { filename, files } = await npmPack(built)
  const paths = files.map(({ path }) => path)
  const problems = [...strangers(paths), ...forgotten(manifest, paths)]
  return { tarball: join(dirname(built), filename), problems }
}

async function npmPack(built: string): Promise<Packed> {
  const npm = npmCommand()
  const args = [
    'pack',
    '--json',
    '--ignore-scripts',
    '--loglevel=error',
    '--pack-destination',
    '..',
  ]
  const child = spawn(npm.command, [...npm.args, ...args], {
    cwd: built,
    shell: npm.shell,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let json = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    json += text
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`npm pack ended with ${code}`)
  const [packed] = JSON.parse(json) as Packed[]
  if (packed === undefined) throw new Error('npm pack has packed nothing')
  return packed
}

function strangers(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const reason = whyStrange(path)
    return reason === undefined ? [] : [`the package contains ${path}: ${reason}`]
  })
}

function whyStrange(path: string): string | undefined {
  if (/\.test(-d)?\./.test(path) || /(^|\/)test\//.test(path)) return 'a test'
  if (path.endsWith('.ts') && !path.endsWith('.d.ts'))
    return 'a source, where only dist is published'
  if (/(^|\/)tsconfig[^/]*\.json$/.test(path)) return 'a setting of the repository'
  if (path.startsWith('dist/') && !/\.(js|d\.ts)$/.test(path)) return 'not what the build makes'
  return undefined
}

function forgotten({ files }: Manifest, paths: readonly string[]): string[] {
  return files
    .filter((name) => !paths.some((path) => path === name || path.startsWith(`${name}/`)))
    .map((name) => `package.json lists "${name}" in files, and nothing of that name is packed`)
}
