import { rmSync } from 'node:fs'
import { basename } from 'node:path'
import { removeContainers } from './container-label.ts'
import { startTimeOf } from './process-identity.ts'
import type { Remains } from './remains.ts'

type Kind = Remains['kind']

// Processes go before the folders that they write into.
const ORDER: readonly Kind[] = ['process', 'containers', 'databases', 'folder']
const OURS = /^(?:vitest-tidb-|build-)/

/** Sorts by what has to go first. */
export function inOrder(one: Kind, other: Kind): number {
  return ORDER.indexOf(one) - ORDER.indexOf(other)
}

/** Clears away what was left on this machine. */
export async function clearLocal(remains: Exclude<Remains, { kind: 'databases' }>): Promise<void> {
  switch (remains.kind) {
    case 'process':
      if (remains.startTime === undefined || startTimeOf(remains.pid) !== remains.startTime) return
      process.kill(remains.group === true ? -remains.pid : remains.pid, 'SIGKILL')
      return
    case 'folder':
      if (OURS.test(basename(remains.path))) rmSync(remains.path, { recursive: true, force: true, maxRetries: 5 })
      return
    case 'containers':
      return removeContainers(remains.label)
  }
}
