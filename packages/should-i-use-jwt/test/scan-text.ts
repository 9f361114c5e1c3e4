// Scans sources that a test writes out.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { analyse, type Checklist, fillIn, judge, readProject, type Verdict } from 'should-i-use-jwt'

export interface Scanned {
  readonly checklist: Checklist
  readonly verdict: Verdict
  readonly bugs: readonly string[]
  readonly broken: readonly string[]
}

export function scanText(files: Readonly<Record<string, string>>): Scanned {
  const root = mkdtempSync(join(tmpdir(), 'should-i-use-jwt-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(root, dirname(path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const project = readProject(root)
    const analysis = analyse(project)
    const checklist = fillIn(analysis)
    return {
      checklist,
      verdict: judge(checklist, analysis),
      bugs: checklist.bugs?.bugs.map(({ kind }) => kind) ?? [],
      broken: project.broken.map(({ path }) => path),
    }
  } finally {
    rmSync(root, { recursive: true })
  }
}
