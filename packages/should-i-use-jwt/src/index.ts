/** Reads a project and answers the question. */
export { type Analysis, analyse } from './analysis/analyse.ts'
export { type Checklist, fillIn, itemsOf } from './checklist/fill-in.ts'
export type { Answer, Evidence, Item } from './checklist/item.ts'
export { type Project, readProject } from './scan/project.ts'
export { rules, type VerdictKind } from './verdict/rules.ts'
export { judge, type Verdict } from './verdict/verdict.ts'
