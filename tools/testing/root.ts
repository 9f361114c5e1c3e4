import { dirname } from 'node:path'

/** The repository. */
export const root: string = dirname(dirname(import.meta.dirname))
