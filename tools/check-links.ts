// Every relative link of a Markdown page leads to a file that is there, and to a heading of it.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const exclude = ['**/node_modules/**', '**/dist/**', 'packages/should-i-use-jwt/test/corpus*/**']

/** What is wrong in the repository at `root`, a line each. */
export function checkLinks(root: string): string[] {
  const pages = globSync('**/*.md', { cwd: root, exclude }).sort()
  if (pages.length === 0) return ['there are no pages to check']
  return pages.flatMap((page) =>
    linksIn(readFileSync(join(root, page), 'utf8'))
      .filter((link) => !leadsSomewhere(root, page, link))
      .map((link) => `${page}: ${link} leads nowhere`),
  )
}

function leadsSomewhere(root: string, page: string, link: string): boolean {
  const [path = '', heading] = link.split('#')
  const target = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(root, target))) return false
  if (heading === undefined || !target.endsWith('.md')) return true
  return headingsIn(readFileSync(join(root, target), 'utf8')).includes(heading)
}

/** Those within the repository. */
function linksIn(text: string): string[] {
  const prose = withoutCode(text)
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]:\s+(\S+)/gm)]
  return links
    .map(([, inline, reference]) => inline ?? reference ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
}

// As GitHub names them.
function headingsIn(text: string): string[] {
  const headings = [...withoutFences(text).matchAll(/^#{1,6} +(.+?) *$/gm)]
  const names = headings.map(([, heading = '']) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((each) => each === name).length
    return before === 0 ? name : `${name}-${before}`
  })
}

function withoutCode(text: string): string {
  return withoutFences(text).replaceAll(/`[^`\n]*`/g, 'code')
}

function withoutFences(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '')
}

if (import.meta.main) {
  const problems = checkLinks(join(import.meta.dirname, '..'))
  for (const line of problems) console.log(line)
  process.exitCode = problems.length === 0 ? 0 : 1
}
