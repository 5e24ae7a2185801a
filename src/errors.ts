import { fitToPrint, redact } from './redact.ts'
import { clean } from './terminal-text.ts'
import type { StateTransition } from './transition.ts'
import { formatDuration } from './number-format.ts'

/** What the server, or the socket to it, answered when something failed. */
export interface ServerAnswer {
  /** Symbol of the error, such as `ER_ACCESS_DENIED_ERROR` or `ECONNREFUSED`; absent if the driver knows none. */
  readonly code?: string
  /** Error number, such as 1045; absent for socket errors. See https://docs.pingcap.com/tidb/stable/error-codes/ */
  readonly errno?: number
  /** Five-character SQLSTATE, such as `28000`; absent for socket errors. */
  readonly sqlState?: string
  readonly message: string
}

export interface TiDBErrorDetails {
  /** `host:port` of the server; never a password. */
  readonly host?: string | undefined
  readonly answer?: ServerAnswer | undefined
  /** What to try next, one sentence each. */
  readonly hints?: readonly string[] | undefined
  /** What became in the server of what was given up, in words. */
  readonly fate?: string | undefined
  /** True of a statement that never went to the server: `answer` is then what came before it. */
  readonly notSent?: boolean | undefined
  readonly cause?: unknown
}

/**
 * The error family of vitest-tidb. `code` is stable and has an entry in docs/errors.md; the message holds what
 * happened, where, what the server said and what to try next.
 */
export abstract class TiDBError extends Error {
  abstract readonly code: `TIDB_${string}`
  // As fit to print as the message: reporters print every property of an error once more, getters as well.
  readonly #details: TiDBErrorDetails

  constructor(what: string, details: TiDBErrorDetails = {}) {
    const { answer, hints = [], fate, cause } = details
    // Each by itself: a quote that is open in one of them says nothing about the next.
    const lines = [fitToPrint(what)]
    if (fate !== undefined) lines.push(`  ${fitToPrint(fate)}`)
    if (answer !== undefined && details.notSent !== true) lines.push(`  server said: ${describeAnswer(answer)}`)
    for (const hint of hints) lines.push(`  try: ${fitToPrint(hint)}`)
    super(lines.join('\n'), cause === undefined ? undefined : { cause })
    this.#details = fitDetails(details)
    // The compiled classes keep their names in reports even if an error was serialised.
    this.name = new.target.name
  }

  /** `host:port` of the server. */
  get host(): string | undefined {
    return this.#details.host
  }

  /** What the server, or the socket to it, said. */
  get answer(): ServerAnswer | undefined {
    return this.#details.answer
  }

  /** What to try next, one sentence each. */
  get hints(): readonly string[] {
    return this.#details.hints ?? []
  }

  /** Number of the server's error, such as 1045. */
  get errno(): number | undefined {
    return this.answer?.errno
  }

  /** SQLSTATE of the server's error, such as `28000`. */
  get sqlState(): string | undefined {
    return this.answer?.sqlState
  }
}

/** A setting that can't be used: which one, what it held (unless secret) and what is allowed. */
export class ConfigError extends TiDBError {
  readonly code = 'TIDB_CONFIG_INVALID'
  /** Names of the settings at fault, such as `TIDB_PORT`. */
  readonly settings: readonly string[]

  constructor(settings: readonly string[], what: string, details?: TiDBErrorDetails) {
    super(what, details)
    this.settings = settings.map(fitToPrint)
  }
}

/** No TiDB could be found or started. */
export class ServerError extends TiDBError {
  readonly code = 'TIDB_SERVER_UNAVAILABLE'
}

/** A wait that took longer than it may; names what it waited for. */
export class DeadlineError extends TiDBError {
  readonly code = 'TIDB_DEADLINE_EXCEEDED'
  /** The deadline that passed, in ms. */
  readonly withinMs: number

  constructor(waitedFor: string, withinMs: number, details?: TiDBErrorDetails) {
    super(`waited ${formatDuration(withinMs)} for ${waitedFor}`, details)
    this.withinMs = withinMs
  }
}

/** A wait that was given up because its AbortSignal fired, or because the test that owned it ended. */
export class AbortedError extends TiDBError {
  readonly code = 'TIDB_ABORTED'
}

/** What to throw when a signal fired: `what` is what was given up. */
export function aborted(what: string, { reason }: AbortSignal, host?: string, fate?: string): AbortedError {
  return new AbortedError(`gave up ${what}: ${describeReason(reason)}`, { host, fate, cause: reason })
}

/** A statement that the server refused, whose connection was lost, or that was not sent: its values do not fit it. */
export class StatementError extends TiDBError {
  readonly code = 'TIDB_STATEMENT_FAILED'
  /** The statement, shortened, with passwords taken out; empty if the connection was lost between two. */
  readonly sql: string
  readonly #outcomeUnknown: boolean

  constructor(
    sql: string,
    details: TiDBErrorDetails & { readonly session?: string; readonly outcomeUnknown?: boolean },
  ) {
    const where = [details.session, details.host].filter(Boolean).join(' at ')
    const failed = details.notSent === true ? 'statement not sent' : 'statement failed'
    const what = sql === '' ? 'connection lost between two statements' : failed
    super(`${what}${where ? ` (${where})` : ''}${sql === '' ? '' : `: ${sql}`}`, details)
    this.sql = fitToPrint(sql)
    this.#outcomeUnknown = details.outcomeUnknown ?? false
  }

  /** True if the connection was lost before the answer: the server may or may not have executed the statement. */
  get outcomeUnknown(): boolean {
    return this.#outcomeUnknown
  }
}

/** A state of the workflow failed; every later step of the same session fails with this same error. */
export class StateError extends TiDBError {
  readonly code = 'TIDB_STATE_FAILED'
  /** Name of the state that failed, such as `Connecting`. */
  readonly state: string
  readonly #history: readonly StateTransition[]

  constructor(
    state: string,
    what: string,
    details: TiDBErrorDetails & { readonly history?: readonly StateTransition[] },
  ) {
    super(`${state} failed${details.host ? ` at ${details.host}` : ''}: ${what}`, details)
    this.state = fitToPrint(state)
    this.#history = (details.history ?? []).map(fitTexts)
  }

  /** The transitions up to and including the failure. */
  get history(): readonly StateTransition[] {
    return this.#history
  }
}

/**
 * Why a check says nothing about a cluster:
 * - `not-applicable`: this kind of server, or its release, has no such thing;
 * - `not-available`: it could not be read: rights are missing, a node does not answer, the deadline passed;
 * - `failed`: the check itself went wrong.
 */
export type Silence = 'not-applicable' | 'not-available' | 'failed'

/** A check that could not be carried out: neither passed nor a finding. */
export class CheckError extends TiDBError {
  readonly code = 'TIDB_CHECK_UNAVAILABLE'
  /** Name of the check. */
  readonly check: string
  readonly silence: Silence
  /** Why, without the name of the check. */
  readonly reason: string

  constructor(check: string, reason: string, details: TiDBErrorDetails & { readonly silence?: Silence } = {}) {
    super(`the check ${check} says nothing: ${reason}`, details)
    this.check = fitToPrint(check)
    this.reason = fitToPrint(reason)
    this.silence = details.silence ?? 'failed'
  }
}

/** A workflow that can't be composed, or a transition that it does not allow. */
export class WorkflowError extends TiDBError {
  readonly code = 'TIDB_WORKFLOW_INVALID'
}

/** Several sessions that can't meet: one failed or ended, too few may work at once, or they disagree about the place. */
export class CoordinationError extends TiDBError {
  readonly code = 'TIDB_COORDINATION_FAILED'
}

/** An order of steps whose results are not what its plan expects. */
export class InterleavingError extends TiDBError {
  readonly code = 'TIDB_INTERLEAVING_UNEXPECTED'
}

/** The server does not say enough about a wait for a lock: a matcher then has no verdict, not even under `.not`. */
export class LockAccountError extends TiDBError {
  readonly code = 'TIDB_LOCK_ACCOUNT'
}

/** A watched import job that did not do what was asked of it, or that can't be watched; names the job. */
export class ImportJobError extends TiDBError {
  readonly code = 'TIDB_IMPORT_JOB_FAILED'
  /** The server's number for the job; undefined if there is none yet. */
  readonly jobId: string | undefined

  constructor(jobId: string | undefined, what: string, details?: TiDBErrorDetails) {
    super(what, details)
    this.jobId = jobId === undefined ? undefined : fitToPrint(jobId)
  }
}

/** A history of import jobs that can't be read or written. */
export class HistoryError extends TiDBError {
  readonly code = 'TIDB_HISTORY_FAILED'
}

/** A job script that can't be read, or that may not be played on this server. */
export class JobScriptError extends TiDBError {
  readonly code = 'TIDB_JOB_SCRIPT_INVALID'
}

/** A test of a strict run that would be skipped for what its server lacks, or a requirement of which nobody can tell. */
export class RequirementError extends TiDBError {
  readonly code = 'TIDB_REQUIREMENT_UNMET'
}

/** What a test left behind: a session, a transaction, or a step or matcher that nobody awaited. */
export class LeftOpenError extends TiDBError {
  readonly code = 'TIDB_LEFT_OPEN'

  constructor(what: string, details?: TiDBErrorDetails) {
    super(what, details)
    // It is thrown by the clean-up, whose lines say nothing about the test.
    this.stack = `${this.name}: ${this.message}`
  }
}

/** The first line of what an error says: what fits into one line of a report. */
export function firstLine(error: unknown): string {
  return describeReason(error).split('\n', 1)[0] ?? ''
}

/** What an error, or the reason of an abort, says. */
export function describeReason(reason: unknown): string {
  if (reason instanceof TiDBError) return reason.message
  return fitToPrint(reason instanceof Error ? reason.message : String(reason))
}

function fitDetails({ host, answer, hints, ...rest }: TiDBErrorDetails): TiDBErrorDetails {
  return {
    ...rest,
    host: host === undefined ? undefined : fitToPrint(host),
    answer: answer === undefined ? undefined : fitTexts(answer),
    hints: hints?.map(fitToPrint),
  }
}

/** Every text of an object as it is fit to print. */
function fitTexts<T extends object>(object: T): T {
  const entries = Object.entries(object).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? fitToPrint(value) : value,
  ])
  return Object.fromEntries(entries) as T
}

function describeAnswer({ code, errno, sqlState, message }: ServerAnswer): string {
  const numbers = [errno, sqlState && `SQLSTATE ${sqlState}`].filter(Boolean).join(', ')
  // One line, so that nothing in it passes for a hint of ours.
  return clean(redact([code, numbers && `(${numbers})`, message].filter(Boolean).join(' ')))
}
