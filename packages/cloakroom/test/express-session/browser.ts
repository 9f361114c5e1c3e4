import type { UserId } from '../../src/core/user.ts'
import type { Step } from './steps.ts'

/** A client with a cookie jar. Its requests do not wait for each other. */
export interface Browser {
  cookie: string | undefined
  does(...steps: Step[]): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly sid?: string
  /** The session object at the end of the request, if there is one. */
  readonly session: Content
  /** Whom Passport takes it for. */
  readonly user?: { readonly id: UserId }
  readonly code?: string
  readonly setCookie: string | undefined
}

interface Content {
  readonly cookie?: { readonly originalMaxAge: number | null; readonly expires: string | null }
  readonly [key: string]: unknown
}

const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

export function createBrowser(url: string, cookie?: string): Browser {
  return {
    cookie,
    async does(...steps) {
      const headers = new Headers({ 'content-type': 'application/json', 'user-agent': userAgent })
      if (this.cookie !== undefined) headers.set('cookie', this.cookie)
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(steps) })
      const [setCookie] = response.headers.getSetCookie()
      this.cookie = setCookie?.split(';')[0] ?? this.cookie
      const body = (await response.json()) as { session?: Content }
      return { status: response.status, setCookie, session: {}, ...body }
    },
  }
}
