// What the boxes of the checklist have in common.
import type { Analysis } from '../analysis/analyse.ts'
import { lineAt } from '../scan/source-file.ts'
import type { Node } from '../scan/syntax.ts'

export type Answer = 'yes' | 'no' | 'unknown'

export interface Evidence {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly text: string
}

export interface Item {
  readonly id: number
  readonly question: string
  readonly answer: Answer
  /** How sure the answer is: `low` is a guess that a person should look at. */
  readonly confidence: 'high' | 'medium' | 'low'
  readonly summary: string
  readonly evidence: readonly Evidence[]
}

export function evidenceAt(
  { project }: Pick<Analysis, 'project'>,
  node: Node,
  text: string,
): Evidence {
  const file = project.fileOf(node)
  return { file: file.path, line: lineAt(file, node.start), text }
}

const mostEvidence = 8

/** Evidence by place, each place once, not more than somebody reads. */
export function withoutRepeats(evidence: readonly Evidence[]): Evidence[] {
  const byPlace = new Map(evidence.map((each) => [`${each.file}:${each.line}:${each.text}`, each]))
  return [...byPlace.values()].slice(0, mostEvidence)
}
