import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { aborted } from '../errors.ts'
import type { ImportSummary } from '../import-jobs/import-record.ts'
import { appendLine } from './append-line.ts'
import { fileError } from './file-error.ts'
import { fileNameOf } from './file-name.ts'
import type { HistoryOptions, HistoryRead, HistoryReadOptions, ImportHistory } from './import-history.ts'
import { leftOut } from './left-out.ts'
import { linesBackwards } from './lines-backwards.ts'
import { Newest } from './newest.ts'
import { isInOrder } from './order.ts'
import { fromLine, timeOf, toLine } from './record-line.ts'

/** Up to so many bytes, a file is read whole: 9,000 runs of a job. */
const WHOLE = 4 * 1024 * 1024
/** So much of the end of a larger one is read in any case. */
const TAIL = 1024 * 1024

/** A history in a folder: a file for each name, a line of JSON for each outcome. See docs/import-history.md. */
export class FolderHistory implements ImportHistory {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  async append(summary: ImportSummary, { signal }: HistoryOptions = {}): Promise<void> {
    const path = this.pathOf(summary.name)
    if (signal?.aborted) throw aborted(`appending to ${path}`, signal)
    try {
      await appendLine(path, toLine(summary))
    } catch (error) {
      throw fileError('append to', path, error)
    }
  }

  async last(name: string, count: number, options: HistoryReadOptions = {}): Promise<HistoryRead> {
    const path = this.pathOf(name)
    const newest = new Newest(name, count, options)
    let file: FileHandle | undefined
    try {
      file = await open(path, 'r')
      const warnings = await readInto(newest, file, path, options.signal)
      return { summaries: newest.summaries(), warnings }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === undefined) throw options.signal?.aborted ? aborted(`reading ${path}`, options.signal) : error
      // Nothing was appended yet.
      if (code === 'ENOENT') return { summaries: [], warnings: [] }
      throw fileError('read', path, error)
    } finally {
      await file?.close()
    }
  }

  describe(): string {
    return `the folder ${this.#folder}`
  }

  /** The file of a name. */
  pathOf(name: string): string {
    return join(this.#folder, fileNameOf(name))
  }

  /** Nothing is held open. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}

/** Adds the lines of a file that count, and tells of those that can't be read. */
async function readInto(newest: Newest, file: FileHandle, path: string, signal?: AbortSignal): Promise<string[]> {
  const faults: { readonly fromEnd: number; readonly fault: string }[] = []
  let lines = 0
  const { size } = await file.stat()
  let characters = 0
  let isWhole = true
  let inOrder: boolean | undefined
  // As a file that was put together from several is not in order of time, all of it is read, unless it is very large
  // and found in order.
  for await (const bunch of linesBackwards(file, signal)) {
    for (const line of bunch) {
      lines += 1
      characters += line?.length ?? 0
      if (line?.trim() === '') continue
      const at = line === undefined ? undefined : timeOf(line)
      if (at !== undefined && !newest.takes(at)) continue
      const read = line === undefined ? { fault: `can't be read: it is longer than 1 MB` } : fromLine(line)
      if ('fault' in read) faults.push({ fromEnd: lines, fault: read.fault })
      else newest.add(read)
    }
    if (size <= WHOLE || characters < TAIL || !newest.full) continue
    inOrder ??= await isInOrder(file, size)
    if (!inOrder) continue
    isWhole = false
    break
  }
  const placeOf = (fromEnd: number) => (isWhole ? `line ${lines - fromEnd + 1}` : `line ${fromEnd - 1} from its end`)
  const shown = faults.map(({ fromEnd, fault }) => `${path} ${placeOf(fromEnd)} ${fault}`)
  return leftOut(shown, path)
}
