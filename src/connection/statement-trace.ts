import type { LoggedStatement } from './statement-log.ts'

/** A statement that has ended, as {@link traceStatements} tells of it. */
export interface TracedStatement extends Pick<LoggedStatement, 'sql' | 'rows' | 'error'> {
  /** Name of the session, such as `alice`; undefined of a connection without one. */
  readonly session: string | undefined
  /** `host:port` of the server. */
  readonly host: string
  /** How long the answer took, in ms. */
  readonly durationMs: number
}

type Listener = (statement: TracedStatement) => void

let listener: Listener | undefined

/** Reports each statement of this process to one listener, as sent, with secrets in it; undefined for none. */
export function traceStatements(to: Listener | undefined): void {
  listener = to
}

/** Whether anybody listens: to find out what there is to tell costs time. */
export function isTraced(): boolean {
  return listener !== undefined
}

/** Tells of a statement that has ended. */
export function trace(statement: TracedStatement): void {
  listener?.(statement)
}
