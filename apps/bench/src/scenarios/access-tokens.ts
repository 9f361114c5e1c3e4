import type { Scenario } from '../scenario.ts'
import { measureSigning } from '../signing/measure-signing.ts'

export const accessTokens: Scenario = {
  name: 'access-tokens',
  question: 'What do access tokens cost, and what does one get for it, beside sessions?',

  async run(options) {
    const signing = await measureSigning(options)
    return { text: signing.text, figures: { signing: signing.figures } }
  },
}
