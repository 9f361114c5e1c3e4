import type { Analysis } from '../../analysis/analyse.ts'
import type { Setting } from '../../analysis/settings.ts'
import type { Token } from '../../analysis/tokens.ts'
import { textOf, walk } from '../../scan/syntax.ts'
import { type Evidence, evidenceAt } from '../item.ts'

export function findUnpinned(analysis: Analysis): Evidence[] {
  return credentials(analysis.tokens.verifications)
    .filter(
      ({ model, settings }) => model.isPinned !== true && settings.algorithms.state === 'absent',
    )
    .map(({ call, library }) =>
      evidenceAt(analysis, call, `${library.name} takes any algorithm here`),
    )
}

export function findNone(analysis: Analysis): Evidence[] {
  const { verifications, signatures } = analysis.tokens
  return credentials([...verifications, ...signatures])
    .filter(({ settings }) => textsIn(settings.algorithms).some((each) => /^none$/i.test(each)))
    .map(({ call }) => evidenceAt(analysis, call, '"none" is among the algorithms'))
}

/** Tokens that let somebody in. */
export function credentials(tokens: readonly Token[]): Token[] {
  return tokens.filter(({ purpose }) => purpose === 'authentication' || purpose === 'refresh')
}

function textsIn(setting: Setting): string[] {
  const texts: string[] = []
  if (setting.state !== 'set') return texts
  walk(setting.node, (node) => {
    const text = textOf(node)
    if (text !== undefined) texts.push(text)
  })
  return texts
}
