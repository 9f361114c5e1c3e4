/** Something of our own on somebody's server, for one run. */
export interface Made<Place> {
  readonly place: Place
  remove(): Promise<void>
}

/** Begins the name of everything that is made, so that a later run recognises it. */
export const ownPrefix = 'should_i_use_jwt_'

export function newName(): string {
  const random = crypto.getRandomValues(new Uint32Array(2))
  return `${ownPrefix}${[...random].map((part) => part.toString(36).padStart(7, '0')).join('')}`
}
