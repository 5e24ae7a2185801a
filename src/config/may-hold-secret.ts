import { statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import type { SettingName } from './settings.ts'

/** A URL, credentials or a whole key, given for something else. */
export function mayHoldSecret(value: unknown): boolean {
  return typeof value === 'string' && /:\/\/|@|[\r\n]|-----BEGIN/.test(value)
}

/** Whether what is given for the path of a file plainly is one, rather than what belongs into that file. */
export function isPlainPath(name: SettingName, path: string, cwd: string): boolean {
  if (mayHoldSecret(path) || path.length > LONGEST) return false
  if (/^\.{1,2}\//.test(path)) return true
  // Certificates are named so, and so may a password be.
  if (name !== 'passwordFile' && /^[\w./ -]*\.[a-z\d]{2,4}$/i.test(path)) return true
  const folder = dirname(path)
  if (folder === '.' || folder === '/') return false
  return isFolder(resolve(cwd, isAbsolute(path) ? `/${path.split('/')[1]}` : folder))
}

const LONGEST = 1_000

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
