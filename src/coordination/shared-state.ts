import { wallTime } from '../clock.ts'
import { firstLine } from '../errors.ts'
import type { LoggedStatement } from '../connection/statement-log.ts'
import type { ImportJob } from '../import-jobs/import-job.ts'
import type { StateTransition } from '../transition.ts'

export type CoordinationEventKind =
  | 'joined'
  | 'arrived'
  | 'passed'
  | 'signalled'
  | 'noticed'
  | 'took its turn'
  | 'ended its turn'
  | 'sent'
  | 'received'
  | 'blocked'
  | 'released'
  | 'gave up'
  | 'aborted'
  | 'failed'
  | 'ended'
  | 'saw'
  | 'changed'

/** One thing that happened between the parties. */
export interface CoordinationEvent {
  /** When, in ms since 1970 with fractions: events of one process sort by it. */
  readonly at: number
  /** Name of the party that did it, or that it happened to. */
  readonly party: string
  readonly kind: CoordinationEventKind
  /** What was arrived at or given up; a barrier if it is not said. */
  readonly what?: 'signal' | 'turn' | 'message'
  /** Name of the barrier, signal or turn; the receiver or sender of a message. */
  readonly name?: string
  /** More about it, in one line. */
  readonly detail?: string
}

/** `pending` has not begun, `aborted` was ended because of another. */
export type ConnectionStatusName = 'pending' | 'running' | 'completed' | 'failed' | 'aborted'

/** One connection of a run, as it stands. */
export interface ConnectionStatus {
  readonly name: string
  readonly status: ConnectionStatusName
  /** The state of its workflow that was entered last; undefined before the first. */
  readonly state: string | undefined
  /** `host:port`; undefined before ParsingConfig. */
  readonly host: string | undefined
  /** The server's number for it; undefined before Connecting. */
  readonly connectionId: number | undefined
  readonly history: readonly StateTransition[]
  /** The last statements, oldest first. */
  readonly statements: readonly LoggedStatement[]
  /** First line of what it failed with. */
  readonly error?: string
}

/** What SharedState held at one moment, as plain data. */
export interface SharedStateSnapshot {
  readonly status: RunStatus
  readonly connections: readonly ConnectionStatus[]
  readonly importJobs: readonly SeenImportJob[]
  readonly events: readonly CoordinationEvent[]
  /** How many older events were forgotten to bound memory. */
  readonly forgotten: number
}

export type RunStatus = 'idle' | 'running' | 'completed' | 'failed' | 'aborted'

/** An import job, and which connections saw it. */
export interface SeenImportJob {
  readonly id: string
  readonly status: string
  readonly description: string
  /** Names of the connections that saw it, in the order in which they first did. */
  readonly seenBy: readonly string[]
}

/** How many events are kept: the last ones. */
const EVENTS_KEPT = 10_000

/** Of how many connections that ended well the last statements are kept: the first ones. */
const STATEMENTS_KEPT = 20

/** Where a connection's part of the shared state comes from, while it is open. */
export interface ConnectionSource {
  readonly name: string
  readonly state: string | undefined
  readonly host: string | undefined
  readonly connectionId: number | undefined
  readonly history: readonly StateTransition[]
  readonly statementLog: { read(): LoggedStatement[] } | undefined
}

interface Entry {
  status: ConnectionStatusName
  source: ConnectionSource
  error?: string
}

/**
 * What all connections of a test have in common: how the whole stands, each connection's status, the import jobs that
 * any of them saw, and the events of their coordination. To be read at any time, during a run and after it.
 *
 * @example expect(tidbPool.state.connection('alice')?.status).toBe('completed')
 */
export class SharedState {
  #status: RunStatus = 'idle'
  readonly #entries = new Map<string, Entry>()
  readonly #jobs = new Map<string, { job: ImportJob; readonly seenBy: Set<string> }>()
  #events: CoordinationEvent[] = []
  #forgotten = 0
  #ended = 0

  /** How the last run stands; `idle` before the first. */
  get status(): RunStatus {
    return this.#status
  }

  set status(status: RunStatus) {
    this.#status = status
  }

  /** Every connection, in the order in which they were opened. */
  get connections(): readonly ConnectionStatus[] {
    return [...this.#entries.values()].map(statusOf)
  }

  /** One connection by its name. */
  connection(name: string): ConnectionStatus | undefined {
    const entry = this.#entries.get(name)
    return entry && statusOf(entry)
  }

  /** The import jobs that were seen, as they were when seen last. */
  get importJobs(): readonly ImportJob[] {
    return [...this.#jobs.values()].map(({ job }) => job)
  }

  /** Names of the connections that saw an import job. */
  seenBy(jobId: string): readonly string[] {
    return [...(this.#jobs.get(jobId)?.seenBy ?? [])]
  }

  /** What happened between the parties, oldest first: the last 10,000 events. */
  get events(): readonly CoordinationEvent[] {
    return this.#events
  }

  /** Notes an event, now. */
  record(event: Omit<CoordinationEvent, 'at'>): void {
    // Forgotten by halves: to shift at each would take time in proportion to what is kept.
    if (this.#events.length >= EVENTS_KEPT * 2) {
      this.#events = this.#events.slice(EVENTS_KEPT)
      this.#forgotten += EVENTS_KEPT
    }
    this.#events.push({ at: wallTime(), ...event })
  }

  /** Notes a connection, or how it stands now. */
  update(source: ConnectionSource, status: ConnectionStatusName, error?: unknown): void {
    const open = status === 'pending' || status === 'running'
    // A session that has ended is not held on to: a thousand of them hold a thousand connections' buffers.
    const entry: Entry = { status, source: open ? source : this.#remains(source, error) }
    if (error !== undefined) entry.error = firstLine(error)
    this.#entries.set(source.name, entry)
  }

  #remains(source: ConnectionSource, error: unknown): ConnectionSource {
    const { name, state, host, connectionId, history } = source
    this.#ended += 1
    const statementLog = error !== undefined || this.#ended <= STATEMENTS_KEPT ? source.statementLog : undefined
    return { name, state, host, connectionId, history, statementLog }
  }

  /** Notes import jobs that a connection saw. */
  see(connection: string, jobs: readonly ImportJob[]): void {
    for (const job of jobs) {
      const known = this.#jobs.get(job.id)
      if (known === undefined) this.#jobs.set(job.id, { job, seenBy: new Set([connection]) })
      else {
        known.job = job
        known.seenBy.add(connection)
      }
    }
  }

  /** All of it as plain data, as it stands. */
  snapshot(): SharedStateSnapshot {
    return {
      status: this.#status,
      connections: this.connections,
      importJobs: [...this.#jobs.values()].map(({ job, seenBy }) => ({
        id: job.id,
        status: job.status,
        description: job.describe(),
        seenBy: [...seenBy],
      })),
      events: this.#events.slice(-EVENTS_KEPT),
      forgotten: this.#forgotten + Math.max(0, this.#events.length - EVENTS_KEPT),
    }
  }
}

function statusOf({ source, status, error }: Entry): ConnectionStatus {
  const { name, state, host, connectionId, history, statementLog } = source
  const statements = statementLog?.read() ?? []
  return { name, status, state, host, connectionId, history, statements, ...(error !== undefined && { error }) }
}
