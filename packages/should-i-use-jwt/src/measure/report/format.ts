/** `12,345` */
export function formatInteger(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** Three digits that count, at most two of them decimals: `0.02`, `1.34`, `12.4`, `134`. */
export function formatShort(value: number): string {
  if (Number.isInteger(value)) return formatInteger(value)
  return value >= 100 ? formatInteger(value) : value.toFixed(value < 10 ? 2 : 1)
}

/** `1.24×` */
export function formatRatio(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)}×`
}

export function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${formatShort(seconds * 1000)} ms`
  if (seconds < 60) return `${formatShort(seconds)} s`
  if (seconds < 3600) return `${formatShort(seconds / 60)} min`
  return seconds < 86_400
    ? `${formatShort(seconds / 3600)} h`
    : `${formatShort(seconds / 86_400)} d`
}
