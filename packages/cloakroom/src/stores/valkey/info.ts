/** What INFO says of a server. */
export type Info = ReadonlyMap<string, string>

export function parseInfo(text: string): Info {
  const lines = text.split('\r\n').filter((line) => line.includes(':'))
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  )
}
