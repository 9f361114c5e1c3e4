/**
 * Refuses an option that nothing reads. TypeScript finds it in a literal only, and misspelt it would be
 * ignored in silence: a timeout that is not kept, an `active` without which everybody may sign in.
 * @throws {TypeError}
 */
export function refuseOthers<Options extends object>(
  name: string,
  given: Options,
  known: { readonly [Option in keyof Options]-?: true },
): void {
  const names = Object.keys(known)
  const other = Object.keys(given).find((key) => !names.includes(key))
  if (other === undefined) return
  throw new TypeError(`${name} has no option ${other}: it takes ${names.join(', ')}`)
}
