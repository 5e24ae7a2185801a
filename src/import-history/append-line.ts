import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from '../make-folder.ts'

const NEWLINE = 10

/**
 * Appends one line to a file that other processes append to as well; makes the file and its folder if they are
 * missing. The system puts a write to a file opened for appending at its end, undivided: no lock is held, so none can
 * be left behind.
 *
 * @throws the error of the file system.
 */
export async function appendLine(path: string, line: string): Promise<void> {
  const file = await openForAppending(path)
  try {
    // What a crash or a full disk has cut short stays a line of its own. If it is but half written yet, the line gets
    // an empty one before it, which readers pass over.
    const bytes = Buffer.from(`${(await endsInsideLine(file)) ? '\n' : ''}${line}\n`)
    const { bytesWritten } = await file.write(bytes)
    if (bytesWritten < bytes.length) {
      const message = `ENOSPC: only ${bytesWritten} of ${bytes.length} bytes were written`
      throw Object.assign(new Error(message), { code: 'ENOSPC' })
    }
  } finally {
    await file.close()
  }
}

async function openForAppending(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a+')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    makeFolder(dirname(path))
    return open(path, 'a+')
  }
}

async function endsInsideLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return false
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] !== NEWLINE
}
