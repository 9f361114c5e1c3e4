/** What it takes to open a database by its URL. */
export interface Connecting {
  readonly location: string
  readonly naming: { readonly prefix?: string; readonly schema?: string }
  /** Whether the store is to have a feed. */
  readonly feed: boolean
  /** Where the application's own packages are. */
  readonly directory: string
}

/** For a server that does not answer at all: a person waits, who may have misspelt its name. */
export const connectTimeoutSeconds = 10
