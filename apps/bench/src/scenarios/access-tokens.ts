import { measureOneClient } from '../one-client/measure-one-client.ts'
import { measureRefreshing } from '../refreshing/measure-refreshing.ts'
import type { Scenario } from '../scenario.ts'
import { measureSigning } from '../signing/measure-signing.ts'

export const accessTokens: Scenario = {
  name: 'access-tokens',
  question: 'What do access tokens cost, and what does one get for it, beside sessions?',

  async run(options) {
    const signing = await measureSigning(options)
    const refreshing = await measureRefreshing(options)
    const oneClient = await measureOneClient(options)
    return {
      text: [signing, refreshing, oneClient].map(({ text }) => text).join('\n\n'),
      figures: {
        signing: signing.figures,
        refreshing: refreshing.figures,
        oneClient: oneClient.figures,
      },
    }
  },
}
