import { pick, type Random } from '../../src/testing/random.ts'
import type { Ended } from './history.ts'

/** A token and what the checker calls it. */
export interface KnownToken {
  readonly token: number
  readonly session: number
  readonly user: number
  readonly text: string
  readonly sessionId: string
}

/** What processes tell each other. */
export type News = { readonly issued: KnownToken } | { readonly ended: Ended }

const oldTokens = 300
const newest = 10

/**
 * The tokens that there are, as far as has been told. Those that have ended are shown for a while as
 * often as before: by them a stale cache is found out.
 */
export class KnownTokens {
  readonly #shownForMs: number
  readonly #live = new Map<number, KnownToken>()
  readonly #ended: { readonly known: KnownToken; readonly at: number }[] = []
  #old: KnownToken[] = []

  constructor(shownForMs: number) {
    this.#shownForMs = shownForMs
  }

  get live(): KnownToken[] {
    return [...this.#live.values()]
  }

  tell(news: News): void {
    if ('issued' in news) this.#live.set(news.issued.token, news.issued)
    else this.#end(news.ended)
  }

  /** One to verify. */
  choose(random: Random): KnownToken | undefined {
    this.#forget()
    const kind = random()
    if (kind < 0.02 && this.#old.length > 0) return pick(random, this.#old)
    if (kind < 0.2 && this.#ended.length > 0) return pick(random, this.#ended).known
    return this.chooseLive(random)
  }

  /** Every fourth time one of the newest: those are being read, and not only used, when they end. */
  chooseLive(random: Random): KnownToken | undefined {
    const live = this.live
    if (live.length === 0) return undefined
    return pick(random, random() < 0.25 ? live.slice(-newest) : live)
  }

  #end(of: Ended): void {
    const at = Date.now()
    for (const known of this.#live.values()) {
      const [[what, number] = []] = Object.entries(of) as [keyof KnownToken, number][]
      if (what === undefined || known[what] !== number) continue
      this.#live.delete(known.token)
      this.#ended.push({ known, at })
    }
  }

  #forget(): void {
    const now = Date.now()
    while (this.#ended[0] !== undefined && now - this.#ended[0].at > this.#shownForMs) {
      this.#old.push((this.#ended.shift() as { known: KnownToken }).known)
    }
    if (this.#old.length > oldTokens) this.#old = this.#old.slice(-oldTokens / 2)
  }
}
