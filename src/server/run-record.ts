import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hostPort } from '../host-port.ts'
import { makeFolder } from '../make-folder.ts'
import { cacheFolder } from './cache.ts'
import { isGone, processSpace, startTimeOf, type ProcessIdentity } from './process-identity.ts'
import type { Remains, RemainsAddress } from './remains.ts'
import { isUnused } from './unused.ts'

/** The same without passwords and keys: the next run on a server has its own. */
export type RecordedRemains =
  | Exclude<Remains, { kind: 'databases' }>
  | {
      readonly kind: 'databases'
      readonly prefix: string
      readonly address: Pick<RemainsAddress, 'host' | 'port' | 'user'>
    }

interface Owner {
  /** Where its numbers of processes hold. */
  readonly space: string
  /** The run, and its watchdog, which clears away what it leaves unless it was killed as well. */
  readonly processes: readonly ProcessIdentity[]
}

interface Line {
  readonly owner?: Owner
  readonly id?: number
  readonly remains?: RecordedRemains
}

// Of the user, whatever cache a project names: the next run may be that of another project.
const folder = () => join(cacheFolder({}), 'runs')

/** What one process has yet to clear away, in a file of the user's: for the case that its watchdog is killed with it. */
export class RunRecord {
  readonly path: string
  readonly #owner: Owner

  constructor(watchdogPid: number | undefined) {
    const processes = [process.pid, watchdogPid ?? process.pid].map((pid) => ({ pid, startTime: startTimeOf(pid) }))
    this.#owner = { space: processSpace(), processes }
    this.path = join(folder(), `${process.pid}-${watchdogPid}.jsonl`)
  }

  /** Notes something; the file is made with the first. */
  note(id: number, remains: Remains, isFirst: boolean): void {
    // A home that can't be written is no reason to fail a run: the watchdog knows as well.
    try {
      if (isFirst) {
        makeFolder(folder())
        writeFileSync(this.path, `${JSON.stringify({ owner: this.#owner } satisfies Line)}\n`, { mode: 0o600 })
      }
      appendFileSync(this.path, `${JSON.stringify({ id, remains: withoutSecrets(remains) } satisfies Line)}\n`)
    } catch {
      // See above.
    }
  }

  forget(id: number, isLast: boolean): void {
    try {
      if (isLast) rmSync(this.path, { force: true })
      else appendFileSync(this.path, `${JSON.stringify({ id } satisfies Line)}\n`)
    } catch {
      // See above.
    }
  }
}

/** The record of a process that is gone, and whose watchdog is gone too. */
export class DeadRecord {
  readonly #path: string
  readonly #owner: Owner
  readonly #left: Map<number, RecordedRemains>

  constructor(path: string, owner: Owner, left: Map<number, RecordedRemains>) {
    this.#path = path
    this.#owner = owner
    this.#left = left
  }

  get remains(): [number, RecordedRemains][] {
    return [...this.#left]
  }

  /** Says that something is no longer there; the file goes with the last. */
  forget(id: number): void {
    this.#left.delete(id)
    if (this.#left.size === 0) return rmSync(this.#path, { force: true })
    const lines: Line[] = [{ owner: this.#owner }, ...this.remains.map(([of, remains]) => ({ id: of, remains }))]
    writeFileSync(this.#path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 })
  }
}

/** What runs of this user left that were killed together with their watchdogs, on this machine and since it started. */
export function deadRecords(): DeadRecord[] {
  const space = processSpace()
  return recordFiles().flatMap((path) => {
    const { owner, left } = readRecord(path)
    if (owner?.space !== space || !owner.processes.every(isGone)) return []
    return [new DeadRecord(path, owner, left)]
  })
}

/**
 * Removes the records that nobody has written to for 30 days: of runs that are dead, that have nothing left, or of which
 * nobody can tell, as they were of another boot or machine.
 *
 * @returns what was given up with them, in words.
 */
export function removeOldRecords(): string[] {
  const space = processSpace()
  return recordFiles().flatMap((path) => {
    if (!isUnused(path)) return []
    const { owner, left } = readRecord(path)
    if (owner?.space === space && !owner.processes.every(isGone)) return []
    removeRecord(path)
    return [...left.values()].map(describeRemains)
  })
}

/** What a run left, in words. */
export function describeRemains(remains: RecordedRemains): string {
  switch (remains.kind) {
    case 'process':
      return `process ${remains.pid}`
    case 'folder':
      return remains.path
    case 'containers':
      return `containers labelled ${remains.label}`
    case 'databases':
      return `databases ${remains.prefix}* at ${hostPort(remains.address.host, remains.address.port)}`
  }
}

function recordFiles(): string[] {
  try {
    return readdirSync(folder())
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => join(folder(), name))
  } catch {
    return []
  }
}

/** Removes a record whose watchdog has cleared away everything. */
export function removeRecord(path: string): void {
  rmSync(path, { force: true })
}

function readRecord(path: string): { readonly owner: Owner | undefined; readonly left: Map<number, RecordedRemains> } {
  const left = new Map<number, RecordedRemains>()
  let owner: Owner | undefined
  try {
    for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
      const { owner: said, id, remains } = JSON.parse(line) as Line
      owner ??= said
      if (id === undefined) continue
      if (remains === undefined) left.delete(id)
      else left.set(id, remains)
    }
  } catch {
    // A line that was cut short by the kill: what stands before it holds.
  }
  return { owner, left }
}

function withoutSecrets(remains: Remains): RecordedRemains {
  if (remains.kind !== 'databases') return remains
  const { host, port, user } = remains.address
  return { kind: 'databases', prefix: remains.prefix, address: { host, port, user } }
}
