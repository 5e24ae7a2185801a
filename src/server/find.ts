import { execFile } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { Config } from '../config/config.ts'
import { ServerError } from '../errors.ts'
import { childEnv } from './child-env.ts'
import type { Progress } from './server.ts'
import { DEFAULT_RELEASE } from './releases.ts'

/** A tidb-server binary that is there. */
export interface FoundBinary {
  readonly path: string
  /** Where it was found, such as `TIDB_SERVER_BIN` or `PATH`. */
  readonly origin: string
}

/**
 * A tidb-server on this machine, not counting those that we built: TIDB_SERVER_BIN, then PATH, then tiup. One of PATH
 * or tiup that is not of the release that was asked for is passed over, with a line that says so.
 *
 * @throws {ServerError} if TIDB_SERVER_BIN names no program.
 */
export async function findBinary(config: Config, progress: Progress): Promise<FoundBinary | undefined> {
  const { serverBin, version } = config
  if (serverBin !== undefined) {
    if (isProgram(serverBin)) return { path: serverBin, origin: 'TIDB_SERVER_BIN' }
    throw new ServerError(`TIDB_SERVER_BIN names ${serverBin}, which is not a program`, {
      hints: ['set it to the path of a tidb-server binary, or unset it'],
    })
  }
  for (const { path, origin } of candidates(version ?? DEFAULT_RELEASE)) {
    if (!isProgram(path)) continue
    if (version === undefined) return { path, origin }
    const release = await releaseOf(path)
    if (release === version) return { path, origin }
    progress(`skipped ${path} (${origin}): it is ${release ?? 'of an unknown release'}, not ${version}`)
  }
  return undefined
}

function candidates(release: string): FoundBinary[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const tiup = process.env.TIUP_HOME ?? join(homedir(), '.tiup')
  return [
    ...folders.map((folder) => ({ path: join(folder, 'tidb-server'), origin: 'PATH' })),
    { path: join(tiup, 'components', 'tidb', release, 'tidb-server'), origin: 'tiup' },
  ]
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** What `tidb-server -V` says its release is; undefined if it does not say. */
export async function releaseOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ['-V'], { timeout: 10_000, env: childEnv('server') })
    return /^Release Version:\s*(\S+)/m.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}
