import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { markFile } from './mark.ts'

/** A file that never changes under its address, because its hash is in it. */
export interface Asset {
  readonly path: string
  readonly type: string
  readonly content: string
}

export const stylesheet: Asset = asset(
  'style',
  'css',
  'text/css; charset=utf-8',
  ['colours', 'ground', 'frame', 'controls', 'ticket', 'lists', 'phone'].map(readStyle).join('\n'),
)
export const icon: Asset = asset('mark', 'svg', 'image/svg+xml', markFile)

export const assets: readonly Asset[] = [stylesheet, icon]

function readStyle(name: string): string {
  return readFileSync(new URL(`./style/${name}.css`, import.meta.url), 'utf8')
}

function asset(name: string, extension: string, type: string, content: string): Asset {
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 12)
  return { path: `/assets/${name}-${hash}.${extension}`, type, content }
}
