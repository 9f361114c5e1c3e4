import { styleText } from 'node:util'

type Colour = 'bold' | 'green' | 'red' | 'dim'

/** Colour on a terminal, unless NO_COLOR is set; what goes into a file or a pipe has none. */
export function paint(colour: Colour): (text: string) => string {
  return (text) => styleText(colour, text, { stream: process.stdout })
}
