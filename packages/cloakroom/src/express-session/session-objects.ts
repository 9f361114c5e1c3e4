import { CloakroomError } from '../errors.ts'
import type { Entries } from './entries.ts'
import type { Client, FrameworkSessions, Known } from './framework-sessions.ts'

/** Which session each of a framework's session objects stands for. */
export interface SessionObjects {
  knows(object: object, sid: string): boolean
  learn(object: object, known: Known): void
  /** One object has been made of another, and stands for the same session. */
  inherit(object: object, original: object): void
  /**
   * Writes what the object has changed since it was known; begins a session if it stands for none.
   * Saves of one object happen one after the other, as they were called. What was refused is not tried
   * again until the object changes.
   */
  save(object: object, saving: Saving): Promise<void>
}

export interface Saving {
  readonly sid: string
  /** As the object was when it was told to save. */
  readonly entries: Entries
  readonly client: Client
  /** Whether an object that is not known stands for no session. If not, it is looked for first. */
  readonly isGenerated: boolean
}

export function sessionObjects(sessions: FrameworkSessions): SessionObjects {
  const all = new WeakMap<object, Known>()
  const saves = new WeakMap<object, Promise<void>>()
  const refused = new WeakMap<object, string>()

  async function saveNow(object: object, saving: Saving): Promise<void> {
    const content = JSON.stringify([...saving.entries])
    // Frameworks save once more when the request ends. What the application was told is refused
    // must not succeed then.
    if (refused.get(object) === content) return
    try {
      const saved = await write(all.get(object), saving)
      if (saved !== undefined) all.set(object, saved)
    } catch (error) {
      if (isRefusal(error)) refused.set(object, content)
      throw error
    }
  }

  async function write(known: Known | undefined, saving: Saving): Promise<Known | undefined> {
    const { sid, entries, client, isGenerated } = saving
    // What was loaded as one session must not be written over another.
    const own = known?.sid === sid ? known : undefined
    const present = own ?? (isGenerated ? undefined : (await sessions.load(sid))?.known)
    if (present === undefined) return sessions.begin(sid, entries, client)
    return sessions.save(present, entries, client)
  }

  return {
    knows: (object, sid) => all.get(object)?.sid === sid,
    learn: (object, known) => void all.set(object, known),
    inherit(object, original) {
      const known = all.get(original)
      if (known !== undefined) all.set(object, known)
    },
    save(object, saving) {
      const before = saves.get(object) ?? Promise.resolve()
      const saved = before.catch(() => {}).then(() => saveNow(object, saving))
      saves.set(object, saved)
      return saved
    },
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof CloakroomError && error.code !== 'store_unavailable'
}
