import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isFaultOfDisk } from '../file-fault.ts'
import { makeCacheFolder } from './cache.ts'
import { clearUnfinished } from './checksum.ts'
import { STALE_AFTER_MS, withLock } from './lock.ts'
import { pack, TEMPLATE_FORMAT, unpack } from './template.ts'
import { clearUnused, noteUse } from './unused.ts'
import { watchedFolder } from './watched-folder.ts'

export interface TemplateUse {
  /** The cache folder. */
  readonly cache: string
  /** Checksum of the binaries that write the data. */
  readonly key: string
  /** Folder that the data goes to; it does not exist yet. */
  readonly data: string
  readonly startTimeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Bootstraps in an empty folder, and shuts down. @returns the folder that holds the data. */
  readonly make: (folder: string, signal: AbortSignal) => Promise<string>
}

/** Names of templates: the checksum of the binaries, and the format. */
const TEMPLATE = /^[0-9a-f]{16}-\d+$/

/** Puts the data of what was bootstrapped once into a folder; bootstraps it if nobody did. */
export async function useTemplate({ cache, key, data, startTimeoutMs, signal, make }: TemplateUse): Promise<void> {
  const templates = makeCacheFolder(join(cache, 'templates'))
  const template = join(templates, `${key.slice(0, 16)}-${TEMPLATE_FORMAT}`)
  if (tryUnpack(template, data)) return
  // However short a start may take: what a process left that died at it is taken over in the meantime.
  const withinMs = STALE_AFTER_MS + 2 * startTimeoutMs
  const waitedFor = 'another process to bootstrap tidb-server'
  await withLock(templates, { withinMs, waitedFor, signal }, async (lost) => {
    if (tryUnpack(template, data)) return
    clearUnfinished(templates)
    clearUnused(templates, TEMPLATE)
    const { path: folder, remove } = watchedFolder('vitest-tidb-bootstrap-')
    try {
      pack(await make(folder, signal === undefined ? lost : AbortSignal.any([signal, lost])), template)
    } finally {
      remove()
    }
  })
  if (!existsSync(data)) unpack(template, data)
}

function tryUnpack(template: string, data: string): boolean {
  if (!existsSync(template)) return false
  noteUse(template)
  try {
    unpack(template, data)
    return true
  } catch (error) {
    rmSync(data, { recursive: true, force: true })
    if (isFaultOfDisk(error)) throw error
    // A damaged template is made anew.
    return false
  }
}
