const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const

type Signal = keyof typeof numbers

export interface Stop {
  readonly signal: AbortSignal
  exitCode(): number
  close(): void
}

/** The first signal stops what is going on, so that it can clean up; the second one ends the process. */
export function stopOnSignals(errors: NodeJS.WritableStream): Stop {
  const controller = new AbortController()
  let received: Signal | undefined

  function stop(signal: Signal): void {
    if (received !== undefined) process.exit(128 + numbers[signal])
    received = signal
    errors.write(
      '\nStopping, and removing what was made. Again: at once, and the next run removes it.\n',
    )
    controller.abort()
  }

  const signals = Object.keys(numbers) as Signal[]
  for (const signal of signals) process.on(signal, stop)
  return {
    signal: controller.signal,
    exitCode: () => 128 + (received === undefined ? 0 : numbers[received]),
    close() {
      for (const signal of signals) process.off(signal, stop)
    },
  }
}
