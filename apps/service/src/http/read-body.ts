import { httpProblem, ProblemError } from './problem.ts'

/** Far above the largest body that means anything. */
const maxBytes = 16_384
/** Up to here a body that is too large is read all the same: many clients only then read the answer. */
const maxDiscardedBytes = 4_194_304

/**
 * The body as text.
 * @throws {ProblemError} 413 if it is too large, 400 if it is not UTF-8
 */
export async function readBody({ body }: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size <= maxBytes) chunks.push(chunk)
    else if (size > maxDiscardedBytes) break
  }
  if (size > maxBytes) throw new ProblemError(httpProblem(413, 'payload_too_large'))
  try {
    // Strict: replacement characters would make different passwords the same one.
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new ProblemError(httpProblem(400, 'bad_request'))
  }
}
