/** What came back, with its JSON body read. */
export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it.
  readonly body: any
  readonly headers: Headers
  readonly text: string
}

export interface Client {
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  delete(path: string, headers?: Record<string, string>): Promise<Answer>
  /** Any request, with the client's cookie and without anything else of its own. */
  send(method: string, path: string, init?: RequestInit): Promise<Answer>
  /** `name=value` of the session cookie; `undefined`: there is none. */
  cookie(): string | undefined
  useCookie(cookie: string | undefined): void
}

/** A program that keeps cookies and names its origin, as a browser's own page would. */
export function createClient(origin: string, standardHeaders: Record<string, string> = {}): Client {
  let jar: string | undefined

  async function send(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers({ ...standardHeaders, ...(init.headers as Record<string, string>) })
    if (jar !== undefined && !headers.has('cookie')) headers.set('cookie', jar)
    const response = await fetch(origin + path, { ...init, method, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      jar = pair.endsWith('=') ? undefined : pair
    }
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const body = isJson ? JSON.parse(text) : undefined
    return { status: response.status, body, headers: response.headers, text }
  }

  return {
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, body, headers = {}) =>
      send('POST', path, {
        headers: { origin, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    delete: (path, headers = {}) => send('DELETE', path, { headers: { origin, ...headers } }),
    cookie: () => jar,
    useCookie: (cookie) => {
      jar = cookie
    },
  }
}

export const password = 'a long enough passphrase'

/** Signs up and in. */
export async function newUser(
  origin: string,
  email: string,
  headers: Record<string, string> = {},
): Promise<Client & { readonly id: string }> {
  const client = createClient(origin, headers)
  const signedUp = await client.post('/api/sign-up', { email, password })
  if (signedUp.status !== 201) throw new Error(`sign-up: ${signedUp.text}`)
  const signedIn = await client.post('/api/sign-in', { email, password })
  if (signedIn.status !== 200) throw new Error(`sign-in: ${signedIn.text}`)
  return Object.assign(client, { id: signedUp.body.user.id as string })
}

/** The same, and becomes administrator. */
export async function newAdministrator(
  { origin, setupCode }: { origin: string; setupCode: string | undefined },
  email = 'admin@example.com',
  headers: Record<string, string> = {},
): Promise<Client & { readonly id: string }> {
  const client = await newUser(origin, email, headers)
  const made = await client.post('/api/setup', { code: setupCode })
  if (made.status !== 200) throw new Error(`setup: ${made.text}`)
  return client
}
