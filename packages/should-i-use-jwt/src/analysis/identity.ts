// Whether a value says who sends the request: a claim of the verified token, or what was left on
// the request because of it; and whether it is the token itself.
import type { Origin } from '../flow/origin.ts'
import type { CallNode, Node } from '../scan/syntax.ts'
import type { Analysis } from './analyse.ts'
import { statementOf } from './statements.ts'

export class Identity {
  readonly #analysis: Analysis
  readonly #calls: ReadonlySet<CallNode>
  readonly #places: ReadonlySet<string>
  readonly #queries = new Map<CallNode, boolean>()

  constructor(analysis: Analysis) {
    this.#analysis = analysis
    const { verifications, decodings } = analysis.tokens
    const tokens = [...verifications, ...decodings].filter(
      ({ purpose }) => purpose === 'authentication',
    )
    this.#calls = new Set(tokens.map(({ call }) => call))
    this.#places = new Set(
      tokens.flatMap(({ token }) => token.flatMap((each) => placeOf(each) ?? [])),
    )
  }

  /** The claim that an origin is, as a path; `undefined` where it is none. */
  claimOf(origin: Origin): readonly string[] | undefined {
    if (origin.kind === 'identity') return origin.path
    if (origin.kind !== 'call') return undefined
    if (origin.role !== 'verify' && origin.role !== 'decode' && origin.role !== 'guard')
      return undefined
    return this.#calls.has(origin.call) ? origin.path : undefined
  }

  /** The token that is verified for authentication, before or after it was. */
  isToken(origin: Origin): boolean {
    const place = placeOf(origin)
    return place !== undefined && this.#places.has(place)
  }

  /** Who it is: a claim, or what was found in the database by a claim. */
  dependsOnUser(node: Node): boolean {
    return this.#analysis.tracer.trace(node).some((each) => this.isUser(each))
  }

  isUser(origin: Origin): boolean {
    if (this.claimOf(origin)) return true
    return origin.kind === 'call' && origin.role === 'query' && this.isAboutUser(origin.call)
  }

  /** Whether a statement is about who sends the request. */
  isAboutUser(call: CallNode): boolean {
    const known = this.#queries.get(call)
    if (known !== undefined) return known
    this.#queries.set(call, false)
    const { args } = statementOf(this.#analysis.evaluator, call)
    const isAbout = args.some((each) => this.dependsOnUser(each))
    this.#queries.set(call, isAbout)
    return isAbout
  }
}

function placeOf(origin: Origin): string | undefined {
  if (origin.kind !== 'request') return undefined
  if (origin.place === 'query' || origin.place === 'body' || origin.place === 'path')
    return undefined
  return `${origin.place} ${origin.place === 'authorization' ? '' : origin.name}`
}
