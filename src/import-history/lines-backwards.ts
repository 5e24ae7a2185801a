import type { FileHandle } from 'node:fs/promises'

const CHUNK = 256 * 1024
/** What is longer is no line of a history, and not kept in memory. */
const MAX_LINE = 1024 * 1024
const NEWLINE = 10

/**
 * Lines of a file from its end to its beginning, a bunch at a time: no more of it than a chunk and one line are in
 * memory. A line that is too long to be one is undefined. After the last end of a line there is an empty one.
 */
export async function* linesBackwards(
  file: FileHandle,
  signal?: AbortSignal,
): AsyncGenerator<readonly (string | undefined)[]> {
  const buffer = Buffer.allocUnsafe(CHUNK)
  let end = (await file.stat()).size
  // What is had of the line that begins further ahead.
  let rest: Buffer = Buffer.alloc(0)
  let isRestCut = false
  while (end > 0) {
    signal?.throwIfAborted()
    const start = Math.max(0, end - CHUNK)
    const { bytesRead } = await file.read(buffer, 0, end - start, start)
    const chunk = Buffer.concat([buffer.subarray(0, bytesRead), rest])
    const newline = chunk.indexOf(NEWLINE)
    end = start
    if (newline === -1 && start > 0) {
      isRestCut ||= chunk.length > MAX_LINE
      rest = isRestCut ? Buffer.alloc(0) : chunk
      continue
    }
    const lines: (string | undefined)[] = chunk.toString('utf8', start > 0 ? newline + 1 : 0).split('\n')
    if (isRestCut) lines[lines.length - 1] = undefined
    yield lines.toReversed()
    rest = start > 0 ? chunk.subarray(0, newline) : rest
    isRestCut = false
  }
}
