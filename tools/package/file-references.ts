// Files that the code reads beside itself (`new URL('…', import.meta.url)`): the compiler neither
// knows nor copies them, and npm packs only what it is told to.
import { existsSync, globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'

const reference = /new URL\(\s*['"]([^'"]+)['"],\s*import\.meta\.url\s*\)/g

/** What the code installed in `folder` would read, and is not there. */
export async function checkFileReferences(folder: string): Promise<string[]> {
  const problems = globSync('dist/**/*.js', { cwd: folder }).map(async (file) => {
    const text = await readFile(join(folder, file), 'utf8')
    return [...text.matchAll(reference)].flatMap(([, path = '']) => {
      const target = normalize(join(dirname(file), path))
      return existsSync(join(folder, target))
        ? []
        : [`${file} reads ${target}, which is not packed`]
    })
  })
  return (await Promise.all(problems)).flat()
}
