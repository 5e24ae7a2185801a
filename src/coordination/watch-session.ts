import { printable } from '../redact.ts'
import { ImportJob } from '../import-jobs/import-job.ts'
import type { SessionOptions } from '../workflow/session.ts'
import type { ConnectionCoordinator } from './connection-coordinator.ts'

type Hooks = Required<Pick<SessionOptions, 'onFailure' | 'onFound' | 'onBlocked'>>

/** What makes a session take part: its failure ends its party, and what it sees goes into the shared state. */
export function watchSession(coordinator: ConnectionCoordinator, name: string): Hooks {
  const { state } = coordinator
  return {
    onFailure: (error) => coordinator.end(name, error),
    onFound: (_state, result) => state.see(name, jobsIn(result)),
    onBlocked(sql, wait) {
      const detail = wait === undefined ? {} : { detail: `by connection ${wait.holders.join(' or ') || 'unknown'}` }
      state.record({ party: name, kind: wait === undefined ? 'released' : 'blocked', name: printable(sql), ...detail })
    },
  }
}

/** States that read import jobs return them as `jobs`. */
function jobsIn(result: unknown): ImportJob[] {
  if (typeof result !== 'object' || result === null || !('jobs' in result) || !Array.isArray(result.jobs)) return []
  return result.jobs.filter((job) => job instanceof ImportJob)
}
