// How far the reading is, on a terminal only: it is nobody's output.
import type { Progress } from '../scan/project.ts'

interface Terminal {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

const clearLine = '\r\u001B[K'
const betweenWritesMs = 80

export function showProgress(stream: Terminal): {
  progress: Progress
  say: (text: string) => void
} {
  let last = 0
  const write = (text: string): void => {
    if (stream.isTTY === true) stream.write(text)
  }
  return {
    progress(done, total) {
      const now = Date.now()
      if (now - last < betweenWritesMs) return
      last = now
      write(`${clearLine}reading ${done} of ${total} files`)
    },
    say(text) {
      write(clearLine + text)
    },
  }
}
