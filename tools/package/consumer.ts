// A project somewhere else that has installed the library: it imports everything, with plain
// Node and with a compiler that also looks into the library's own declarations.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { importableNames, type Manifest } from './manifest.ts'
import { runNode } from './run-node.ts'

const tsconfig = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024'],
    types: ['node'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  },
  files: ['consumer.ts'],
}

/** Makes the project in `folder`, from the tarball and without a network. */
export async function installConsumer(
  repository: string,
  manifest: Manifest,
  tarball: string,
  folder: string,
): Promise<string> {
  const modules = join(folder, 'node_modules')
  const installed = join(modules, manifest.name)
  await mkdir(installed, { recursive: true })
  await extract(tarball, installed)
  for (const name of reachablePackages(manifest)) await link(repository, name, modules)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  await writeFile(join(folder, 'consumer.ts'), consumerSource(manifest))
  return folder
}

/** Each path on its own, so that none leans on what another has loaded. */
export async function importFromConsumer(manifest: Manifest, consumer: string): Promise<string[]> {
  const runs = importableNames(manifest).map(async (name) => {
    const script = `if (Object.keys(await import('${name}')).length === 0) throw new Error('nothing')`
    const { code, output } = await runNode(['--input-type=module', '--eval', script], consumer)
    return code === 0 ? [] : [`import '${name}' fails in an application:\n${output}`]
  })
  return (await Promise.all(runs)).flat()
}

export async function typeCheckConsumer(
  repository: string,
  manifest: Manifest,
  consumer: string,
): Promise<string[]> {
  const tsc = join(repository, 'node_modules/typescript/bin/tsc')
  const { code, output } = await runNode([tsc, '--project', consumer], consumer)
  if (code === 0) return []
  return [
    `the types of ${manifest.name} do not hold in an application (strict, skipLibCheck: false).\n` +
      'A module that cannot be found belongs into dependencies or peerDependencies.\n' +
      output,
  ]
}

function consumerSource(manifest: Manifest): string {
  const names = importableNames(manifest)
  const imports = names.map((name, index) => `import * as module${index} from '${name}'`)
  return `${imports.join('\n')}\nexport default [${names.map((_, index) => `module${index}`)}]\n`
}

// What npm would install beside the library, or the application has if it uses that part of it.
function reachablePackages({ dependencies, peerDependencies }: Manifest): string[] {
  const names = Object.keys({ ...dependencies, ...peerDependencies })
  return ['@types/node', ...names, ...names.map((name) => `@types/${name}`)]
}

async function link(repository: string, name: string, modules: string): Promise<void> {
  const target = join(repository, 'node_modules', name)
  if (!existsSync(target)) return
  const path = join(modules, name)
  await mkdir(dirname(path), { recursive: true })
  if (!existsSync(path)) await symlink(target, path)
}

async function extract(tarball: string, folder: string): Promise<void> {
  const args = ['-xzf', tarball, '-C', folder, '--strip-components=1']
  const [code] = await once(spawn('tar', args, { stdio: 'inherit' }), 'close')
  if (code !== 0) throw new Error(`tar could not extract ${tarball}`)
}
