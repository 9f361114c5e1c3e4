import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

const folder = new URL('../../../examples/forward-auth/', import.meta.url)

/** A recipe as it is printed, but for what cannot be so in a test; each of that must be there. */
export function readRecipe(name: string, changes: Readonly<Record<string, string>>): string {
  let recipe = readFileSync(new URL(name, folder), 'utf8')
  for (const [printed, changed] of Object.entries(changes)) {
    assert.ok(recipe.includes(printed), `${name} has no ${printed}`)
    recipe = recipe.replaceAll(printed, changed)
  }
  return recipe
}
