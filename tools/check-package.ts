// Checks the packages as their users get them: built, packed and installed from the tarball. In the
// repository everything runs from source, so a missing file, a broken `exports` entry or a type
// that only resolves here would otherwise be found by them.
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPackage } from './package/build.ts'
import { runCommandFromConsumer } from './package/command.ts'
import { importFromConsumer, installConsumer, typeCheckConsumer } from './package/consumer.ts'
import { checkFileReferences } from './package/file-references.ts'
import { checkExports, readManifest } from './package/manifest.ts'
import { packPackage } from './package/pack.ts'

const repository = join(import.meta.dirname, '..')

const published = ['cloakroom', 'should-i-use-jwt']

/** What is wrong with a package, a line each. */
async function checkPackage(name: string, folder: string): Promise<string[]> {
  const source = join(repository, 'packages', name)
  const built = join(folder, 'package')
  const buildProblems = await buildPackage(repository, source, built)
  if (buildProblems.length > 0) return buildProblems

  const manifest = await readManifest(source)
  const exportProblems = checkExports(manifest, built)
  if (exportProblems.length > 0) return exportProblems

  const { tarball, problems } = await packPackage(manifest, built)
  const consumer = await installConsumer(repository, manifest, tarball, join(folder, 'consumer'))
  const consumerProblems = await Promise.all([
    importFromConsumer(manifest, consumer),
    typeCheckConsumer(repository, manifest, consumer),
    runCommandFromConsumer(manifest, consumer),
    checkFileReferences(join(consumer, 'node_modules', manifest.name)),
  ])
  return [...problems, ...consumerProblems.flat()]
}

async function main(): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'cloakroom-package-')))
  const cleanUp = () => rm(folder, { recursive: true, force: true })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp().then(() => process.exit(1)))
  }
  try {
    const problems: string[] = []
    for (const name of published) {
      const found = await checkPackage(name, join(folder, name))
      problems.push(...found.map((line) => `${name}: ${line}`))
    }
    for (const line of problems) console.log(line)
    process.exitCode = problems.length === 0 ? 0 : 1
  } finally {
    await cleanUp()
  }
}

await main()
