import type { LoggedStatement } from '../connection/statement-log.ts'
import type { StateTransition } from '../transition.ts'

/** What a session did, for the report of a failed test. */
export interface SessionReport {
  readonly name: string
  readonly host: string | undefined
  readonly database: string | undefined
  readonly state: string | undefined
  readonly history: readonly StateTransition[]
  /** The last statements, oldest first. */
  readonly statements: readonly LoggedStatement[]
}
