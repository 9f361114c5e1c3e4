// Colours, on a terminal only, and not where NO_COLOR says so (no-color.org).
import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]
export type Style = (format: Format, text: string) => string

export function styleFor(
  stream: { readonly isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const isColoured = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
  return (format, text) => (isColoured ? styleText(format, text, { validateStream: false }) : text)
}
