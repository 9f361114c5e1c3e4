import { itemsOf } from '../checklist/fill-in.ts'
import type { Report } from './report.ts'

/** One JSON document; its fields are not renamed within a major version. */
export function formatJson({ verdict, checklist, ...rest }: Report): string {
  const { kind, answer, because, todo } = verdict
  const document = {
    verdict: kind,
    answer,
    because,
    todo,
    items: itemsOf(checklist),
    ...rest,
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
