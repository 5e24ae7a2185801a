import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { ServerError } from '../errors.ts'
import { makeFolder } from '../make-folder.ts'

/**
 * The cache folder that all projects of this user share: TIDB_CACHE_DIR, else by the platform's convention
 * (XDG Base Directory Specification; on macOS ~/Library/Caches; on Windows %LOCALAPPDATA%).
 */
export function cacheFolder({ cacheDir }: Pick<Config, 'cacheDir'>): string {
  if (cacheDir !== undefined) return cacheDir
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'vitest-tidb')
  if (process.platform === 'win32')
    return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'vitest-tidb', 'Cache')
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'vitest-tidb')
}

/** Makes a folder of the cache. @throws {ServerError} if it can't be written. */
export function makeCacheFolder(path: string): string {
  try {
    makeFolder(path)
    return path
  } catch (cause) {
    throw new ServerError(`the cache folder ${path} can't be written: ${(cause as Error).message}`, {
      hints: ['make it writable, or set TIDB_CACHE_DIR to a folder that is'],
      cause,
    })
  }
}
