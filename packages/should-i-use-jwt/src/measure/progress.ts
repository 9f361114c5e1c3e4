/** Told what is going on, and which share of it is done, 0 to 1. */
export interface Progress {
  (what: string, done?: number): void
  /** Leaves an empty line to whoever writes next. */
  close(): void
}

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }

const clearLine = '\r\u001b[K'

/** Too little time to judge how much there is left. */
const firstGuessAfterMs = 3000

/** A line that is written over in a terminal; elsewhere one for each thing that begins. */
export function createProgress(output: Output): Progress {
  let current = ''
  let begin = 0
  function progress(what: string, done?: number): void {
    const isNew = what !== current
    if (isNew) begin = performance.now()
    current = what
    if (output.isTTY)
      output.write(`${clearLine}${what}${describe(done, performance.now() - begin)}`)
    else if (isNew) output.write(`${what}\n`)
  }

  return Object.assign(progress, {
    close() {
      if (output.isTTY) output.write(clearLine)
    },
  })
}

function describe(done: number | undefined, elapsedMs: number): string {
  if (done === undefined || done === 0) return '…'
  const percent = ` ${Math.round(done * 100)} %`
  if (elapsedMs < firstGuessAfterMs) return percent
  const seconds = Math.ceil((elapsedMs / done - elapsedMs) / 1000)
  const minutes = Math.floor(seconds / 60)
  return `${percent}, ${minutes > 0 ? `${minutes} min ` : ''}${seconds % 60} s left`
}
