import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { hostPort } from '../host-port.ts'
import { makeFolder } from '../make-folder.ts'
import { cacheFolder } from '../server/cache.ts'
import { isGone, processSpace, type ProcessIdentity } from '../server/process-identity.ts'
import type { ServerNode } from '../server/server.ts'
import { writeWhole } from '../write-whole.ts'

/** What is kept: one tidb-server, or a cluster. */
export type Kind = 'server' | 'cluster'

/** A throw-away TiDB for development, as its record in a folder of the user's has it. */
export interface KeptServer {
  readonly name: string
  readonly kind: Kind
  /** Where its numbers of processes hold. */
  readonly space: string
  /** The process that keeps it, and ends it; while it is being started, perhaps the one that asked for it. */
  readonly keeper: ProcessIdentity
  /** Ms since 1970. */
  readonly startedAt: number
  /** When it ends by itself, in ms since 1970; undefined if it does not. */
  readonly endsAt?: number | undefined
  /** Undefined until it answers. */
  readonly up?: { readonly release: string; readonly nodes: readonly [ServerNode, ...ServerNode[]] } | undefined
}

/**
 * `starting`, `up`; `failed` if its keeper lives and its first server does not; `gone` if the keeper is gone; `elsewhere`
 * if it was started on another boot, machine or container, of which nobody can tell here.
 */
export type KeptState = 'starting' | 'up' | 'failed' | 'gone' | 'elsewhere'

// Of the user, whatever cache a project names, as the records of runs are.
export const keptFolder = () => join(cacheFolder({}), 'servers')

/** What the name of one may be. */
export const NAME = /^[a-z\d][\w-]{0,39}$/i
const ANSWERS_WITHIN_MS = 1_000
const EXTENSION = '.json'

const fileOf = (name: string) => join(keptFolder(), `${name}${EXTENSION}`)

/** Where what its keeper says of itself goes. */
export const keeperLog = (name: string) => join(keptFolder(), `${name}.log`)

/** Every one that is noted, by its name. */
export function keptServers(): KeptServer[] {
  let files: string[]
  try {
    files = readdirSync(keptFolder())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  const names = files.filter((file) => file.endsWith(EXTENSION)).map((file) => file.slice(0, -EXTENSION.length))
  return names.toSorted().flatMap((name) => keptServer(name) ?? [])
}

/** The one of that name; undefined if there is none. */
export function keptServer(name: string): KeptServer | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(name), 'utf8')) as KeptServer
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Notes one, or what has become of it. */
export function noteKept(kept: KeptServer): void {
  makeFolder(keptFolder())
  writeWhole(fileOf(kept.name), JSON.stringify(kept), 0o600)
}

export function forgetKept(name: string): void {
  rmSync(fileOf(name), { force: true })
  rmSync(keeperLog(name), { force: true })
}

export function stateOf({ space, keeper, up }: KeptServer): KeptState {
  if (space !== processSpace()) return 'elsewhere'
  if (isGone(keeper)) return 'gone'
  if (up === undefined) return 'starting'
  const { process: first } = up.nodes[0]
  return first !== undefined && isGone(first) ? 'failed' : 'up'
}

/** The same, also of one in a container, which has no process here: it is `failed` if nothing listens where it was. */
export async function standingOf(kept: KeptServer): Promise<KeptState> {
  const state = stateOf(kept)
  const [first] = kept.up?.nodes ?? []
  if (state !== 'up' || first === undefined || first.process !== undefined) return state
  return (await refuses(first)) ? 'failed' : 'up'
}

/** Whether it says at once that nobody listens there; one that is silent may only be halted. */
function refuses({ host, port }: ServerNode): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: ANSWERS_WITHIN_MS })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket
      .once('connect', () => settle(false))
      .once('timeout', () => settle(false))
      .once('error', ({ code }: NodeJS.ErrnoException) => settle(code === 'ECONNREFUSED'))
  })
}

/** The one of that name, and how it is, in words. */
export function keptNamed(name: string): {
  readonly kept: KeptServer | undefined
  readonly state: KeptState | 'not there'
} {
  const kept = keptServer(name)
  return { kept, state: kept === undefined ? 'not there' : stateOf(kept) }
}

/** Its address, for a driver or for TIDB_URL: root, without a password. */
export function urlOf({ host, port }: ServerNode): string {
  return `mysql://root@${hostPort(host, port)}`
}
