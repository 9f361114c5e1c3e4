import type { UserId, UserIdType } from '../core/user.ts'

/**
 * The suite's users. Neighbours look alike to a database that compares them as numbers, as doubles,
 * or without regard to case, accents or spaces.
 */
export function sampleUserId(type: UserIdType, index: number): UserId {
  switch (type) {
    case 'text':
      return lookAlikes[index] ?? `12-${index}`
    case 'uuid':
      return `01890a5d-ac96-774b-bcce-${index.toString(16).padStart(12, '0')}`
    case 'integer':
      return Number.MAX_SAFE_INTEGER - index
    case 'bigint':
      return String(2n ** 53n + BigInt(index))
  }
}

export const lookAlikes: readonly string[] = [
  '12',
  '012',
  '12.0',
  '12abc',
  ' 12',
  '12 ',
  'a',
  'A',
  'é',
  'e\u0301',
  'ß',
  'ss',
  "'; --",
  '👩\u200d🚀',
  'x'.repeat(255),
]
