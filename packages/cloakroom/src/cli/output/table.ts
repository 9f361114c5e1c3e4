export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

/** Columns under each other, two spaces apart. Every line has as many cells. */
export function table(lines: readonly (readonly Cell[])[]): string {
  const [first = []] = lines
  const widths = first.map((_, column) =>
    lines.reduce((width, line) => Math.max(width, widthOf(line[column])), 0),
  )
  return lines.map((line) => layOut(line, widths)).join('\n')
}

// Painted after it was padded: what colours a text has no width.
function layOut(line: readonly Cell[], widths: readonly number[]): string {
  const cells = line.map((cell, column) => {
    const isLast = column === line.length - 1
    const padding = isLast ? 0 : (widths[column] ?? 0) - widthOf(cell) + 2
    return `${cell.paint?.(cell.text) ?? cell.text}${' '.repeat(padding)}`
  })
  return cells.join('').trimEnd()
}

function widthOf(cell: Cell | undefined): number {
  return [...(cell?.text ?? '')].length
}
