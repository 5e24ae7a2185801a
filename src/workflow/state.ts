import type { Config, ConfigSources } from '../config/config.ts'
import type { RetryScope } from '../connection/retry.ts'
import type { Duration } from '../duration.ts'
import type { TiDBConnection } from '../connection/connection.ts'

/** What a state's handler works with. */
export interface StateContext<Local = unknown> {
  /** Name of the session, such as `alice`; it appears in errors and reports. */
  readonly name: string
  /** Where the configuration comes from, before ParsingConfig. */
  readonly sources: ConfigSources
  /** The validated configuration. Throws before ParsingConfig. */
  readonly config: Config
  /** The open connection. Throws before Connecting. */
  readonly connection: TiDBConnection
  /** What this handler keeps for itself across attempts, from its `local` factory. */
  readonly local: Local
  /** Aborted when the state's deadline passes or the caller gives up. */
  readonly signal: AbortSignal
  /** 1 for the first try, 2 for the first retry. */
  readonly attempt: number
  /** What a state that was passed before returned. Throws if it was not passed. */
  readonly found: <Result = unknown>(state: string) => Result
  /** Tells whoever watches about progress within the state, in one line. */
  readonly progress: (line: string) => void
}

/** A named step of the workflow: its handler and how it is run. */
export interface State<Name extends string = string, Result = unknown, Local = unknown> {
  /** PascalCase; the step is the same name in camelCase: `GettingVersion` is `tidb.gettingVersion()`. */
  readonly name: Name
  /** The state it comes after. Default: the last one before Completed. */
  readonly after?: string
  /** States that must come before it in the same workflow. */
  readonly needs?: readonly string[]
  /** Deadline, retries included. Default: TIDB_STATE_TIMEOUT_MS. */
  readonly within?: Duration | ((config: Config) => Duration)
  /** What is tried again: `statement` (default) transient server errors, `dial` lost connections too, `never` nothing. */
  readonly retry?: RetryScope
  /** Makes the handler's own context, once per session. */
  readonly local?: () => Local
  /** The state it leads to, if that is not the next one. Only later states are legal. */
  readonly next?: (result: Result) => string | undefined
  /** What it found, in one line, for history and reports. Never a secret. */
  readonly finding?: (result: Result) => string
  /** The handler. What it returns is what the step returns; what it throws becomes a StateError. */
  run(context: StateContext<Local>): Result | Promise<Result>
}
