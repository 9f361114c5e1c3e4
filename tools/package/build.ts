// Builds a copy of the library, so that nothing is left behind in the repository.
import { cp } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { runNode } from './run-node.ts'

const notPublished = ['node_modules', 'dist']

/** Copies `source` to `target` with a `dist` of its own. Returns what the compiler says. */
export async function buildPackage(
  repository: string,
  source: string,
  target: string,
): Promise<string[]> {
  const filter = (path: string) => !notPublished.includes(basename(path))
  await cp(source, target, { recursive: true, filter })
  const project = join(source, 'tsconfig.build.json')
  const outDir = join(target, 'dist')
  const tsc = join(repository, 'node_modules/typescript/bin/tsc')
  const { code, output } = await runNode([tsc, '-p', project, '--outDir', outDir], repository)
  return code === 0 ? [] : [`the build fails (tsconfig.build.json):\n${output}`]
}
