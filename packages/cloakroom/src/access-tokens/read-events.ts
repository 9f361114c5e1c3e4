export interface ServerSentEvent {
  readonly name: string
  readonly data: string
}

/** Longer than any event that is sent. */
const longestEvent = 1_000_000

/** The events of a `text/event-stream` (WHATWG HTML §9.2.6), as far as issuers of ours use it. */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true })
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    if (text.length > longestEvent) throw new TypeError('An event is too long')
    for (const event of events) yield readEvent(event)
  }
}

function readEvent(text: string): ServerSentEvent {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [name = '', ...value] = line.split(': ')
    fields.set(name, value.join(': '))
  }
  return { name: fields.get('event') ?? '', data: fields.get('data') ?? '' }
}
