import { html } from 'hono/html'
import type { Html } from './rendered.ts'
import { texts } from './texts.ts'

export interface PagerOptions {
  readonly path: string
  /** What stays the same from page to page. */
  readonly query: Readonly<Record<string, string>>
  /** The parameter that says where a page begins. */
  readonly cursor: string
  /** Where the next page begins; `null`: this is the last. */
  readonly next: string | null
  readonly isFirst: boolean
}

/** Links to the next and back to the first page; nothing if there is only one. */
export function pager({ path, query, cursor, next, isFirst }: PagerOptions): Html | undefined {
  if (next === null && isFirst) return undefined
  const { pages, firstPage, nextPage } = texts.pager
  const first = new URLSearchParams(query)
  const following = new URLSearchParams({ ...query, [cursor]: next ?? '' })
  return html`<nav class="pager" aria-label="${pages}">
${!isFirst && html`<a class="button" href="${path}?${first.toString()}">${firstPage}</a>`}
${next !== null && html`<a class="button" rel="next" href="${path}?${following.toString()}">${nextPage}</a>`}
</nav>`
}
