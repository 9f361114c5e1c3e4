// Prints the score on any corpus: `node --conditions=cloakroom-source test/print-score.ts folder`.
import { join } from 'node:path'
import { formatScore, scanCorpus, scoreResults } from './score.ts'

const [folder = join(import.meta.dirname, 'corpus')] = process.argv.slice(2)
const score = scoreResults(scanCorpus(folder))
console.log(formatScore(score))
if (process.argv.includes('--mistakes')) console.log(score.mistakes.join('\n'))
