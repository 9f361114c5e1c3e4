/** A question that is answered by measuring. Each has a file in scenarios/. */
export interface Scenario {
  readonly name: string
  /** The question, in one line. */
  readonly question: string
  /**
   * Measures, side by side in this process.
   * @throws {CheckFailed} if a target did not do what it was measured for
   */
  run(options: ScenarioOptions): Promise<Report>
}

export interface ScenarioOptions {
  /** How many sessions each target has. Default: the scenario's own number. */
  readonly sessions?: number
  /** Few rounds on little data, to see that it runs: figures not to be cited. */
  readonly quick: boolean
  /** Every random choice follows from it. 0 to 4,294,967,295. */
  readonly seed: number
  /** For files. Empty, and deleted afterwards. */
  readonly directory: string
  /** Told what is going on, a line at a time. */
  readonly progress: (line: string) => void
}

export interface Report {
  /** For people. */
  readonly text: string
  /** The same for programs, with everything that went into it. */
  readonly figures: object
}
