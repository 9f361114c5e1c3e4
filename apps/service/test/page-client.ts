import { type Answer, type Client, createClient, password } from './client.ts'

/** A browser without scripts, as far as forms go. */
export interface PageClient extends Client {
  /** Sends a form as the page at `path` would, with the token that the page shows. */
  submit(
    path: string,
    fields?: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** Sends a form without looking at any page. */
  sendForm(
    path: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<Answer>
}

export function createPageClient(
  origin: string,
  standardHeaders: Record<string, string> = {},
): PageClient {
  const client = createClient(origin, standardHeaders)

  function sendForm(
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return client.send('POST', path, {
      headers: { origin, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    })
  }

  return {
    ...client,
    sendForm,
    async submit(path, fields = {}, headers = {}) {
      const token = formTokenIn((await client.get(path)).text)
      return sendForm(
        path,
        { ...(token !== undefined && { form_token: token }), ...fields },
        headers,
      )
    },
  }
}

/** The first token of a page's forms; they all have the same. */
export function formTokenIn(page: string): string | undefined {
  return /name="form_token" value="([^"]+)"/.exec(page)?.[1]
}

/** Signs up on the pages, and is signed in by that. */
export async function newPageUser(
  origin: string,
  email: string,
  headers: Record<string, string> = {},
): Promise<PageClient> {
  const client = createPageClient(origin, headers)
  const answer = await client.submit('/sign-up', { email, password, repeated: password })
  if (answer.headers.get('location') !== '/account') throw new Error(`sign-up: ${answer.text}`)
  return client
}

/** The same, and becomes administrator. */
export async function newPageAdministrator(
  { origin, setupCode }: { origin: string; setupCode: string | undefined },
  email = 'admin@example.com',
): Promise<PageClient> {
  const client = await newPageUser(origin, email)
  const answer = await client.submit('/setup', { code: setupCode ?? '' })
  if (answer.status !== 303) throw new Error(`setup: ${answer.text}`)
  return client
}

/** Where a redirect leads, having checked that it is one that a browser follows with GET. */
export function locationOf({ status, headers, text }: Answer): string {
  if (status !== 303) throw new Error(`${status} instead of 303: ${text}`)
  return headers.get('location') ?? ''
}
