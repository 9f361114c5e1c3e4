import { texts } from './texts.ts'

export type DoneCode = keyof typeof texts.done

/** What a `done` code says. Anything else says nothing: the address of a page is anybody's to write. */
export function noticeOf(code: string | undefined): string | undefined {
  const known = code !== undefined && Object.hasOwn(texts.done, code)
  return known ? texts.done[code as DoneCode] : undefined
}
