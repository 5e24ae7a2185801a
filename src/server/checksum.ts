import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { writeWhole } from '../write-whole.ts'
import { makeCacheFolder } from './cache.ts'
import { clearUnused, noteUse } from './unused.ts'

/** Names of the files that keep a sum. */
const STAMP = /^[0-9a-f]{16}\.json$/

interface Stamp {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
  readonly ino: number
  readonly sha256: string
}

/**
 * SHA-256 of a file. Reading 180 MB takes longer than starting the server in it, so the sum is kept in the cache and
 * taken anew only if size, time or inode of the file changed.
 */
export async function checksum(path: string, cache: string): Promise<string> {
  const folder = makeCacheFolder(join(cache, 'checksums'))
  const stampFile = join(folder, `${createHash('sha256').update(path).digest('hex').slice(0, 16)}.json`)
  const { size, mtimeMs, ino } = statSync(path)
  const known = readStamp(stampFile)
  if (known?.path === path && known.size === size && known.mtimeMs === mtimeMs && known.ino === ino) {
    noteUse(stampFile)
    return known.sha256
  }
  // Of binaries that are gone, as those of a test's own folder are.
  clearUnused(folder, STAMP)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const sha256 = hash.digest('hex')
  writeWhole(stampFile, JSON.stringify({ path, size, mtimeMs, ino, sha256 } satisfies Stamp))
  return sha256
}

function readStamp(path: string): Stamp | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Stamp
  } catch {
    return undefined
  }
}

/** Removes what processes left that were killed at their work. For the holder of the folder's lock: nobody else is at it. */
export function clearUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/^build-|\.partial$/.test(name)) rmSync(join(folder, name), { recursive: true, force: true })
  }
}
