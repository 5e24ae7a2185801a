/**
 * How a watched import job stood when its watch was over: as the server says, in a word that may be new; `vanished`
 * if it forgot the job.
 */
export type ImportOutcome = KnownOutcome | (string & {})

export type KnownOutcome =
  'pending' | 'running' | 'awaiting-resolution' | 'finished' | 'failed' | 'cancelled' | 'vanished'

/** How long one phase of a job was seen. */
export interface ImportPhase {
  /** Such as `global-sorting` or `importing`; `pending` before the first. */
  readonly phase: string
  /** In ms, as watched. */
  readonly ms: number
}

/** What history keeps of one import job. Plain data: it goes through JSON. */
export interface ImportSummary {
  /** Stable name: what the same job is called night after night. */
  readonly name: string
  /** Which run of vitest watched it: the same for all jobs of one run, shards included. */
  readonly run: string
  /** `host:port` of the server. */
  readonly host: string
  /** Release of the server, such as `v8.5.6`. */
  readonly serverVersion: string
  /** The server's number for it. */
  readonly jobId: string
  /** Target table as the server names it: `` `shop`.`orders` ``. */
  readonly table: string
  /** Data source, without keys. */
  readonly source: string
  readonly outcome: ImportOutcome
  /** The server's Result_Message, shortened; empty if it has none. */
  readonly message: string
  /** Rows imported; as text if that is more than a number holds exactly; undefined if the server did not say. */
  readonly rows?: number | string
  /** Size of the source, in bytes; undefined if the server did not say. */
  readonly bytes?: number
  /** How many threads it had on each node; undefined if the server did not say, or not to this user. */
  readonly threads?: number
  /** When its watch ended, as an ISO 8601 instant. */
  readonly at: string
  /** When the job was created, started and ended, as ISO 8601 instants by the server's clock. */
  readonly createdAt?: string
  readonly startedAt?: string
  readonly endedAt?: string
  /**
   * From start to end, in ms, by the server's clock; of a job that did not finish and has no such times, as watched.
   * Undefined if it did not end, or if it finished and its times make no duration.
   */
  readonly durationMs?: number
  readonly phases: readonly ImportPhase[]
}

/** One point of a job's throughput curve. */
export interface CurvePoint {
  /** Since the watch began, in ms. */
  readonly ms: number
  /** Rows imported by then. */
  readonly rows: number
}

/** One thing that happened to a watched job. */
export interface TimeLineEntry {
  /** When, as ms since 1970. */
  readonly at: number
  /** Since the watch began, in ms. */
  readonly ms: number
  readonly kind:
    'seen' | 'status' | 'phase' | 'stalled' | 'moving' | 'unreachable' | 'reconnected' | 'no task' | 'ended'
  /** In one line. */
  readonly text: string
}

/** How a job compares with its own history. */
export interface PaceComparison {
  /** `kept`, `slower` or `faster`; `unknown` if nothing could be compared. */
  readonly verdict: 'kept' | 'slower' | 'faster' | 'unknown'
  /** Why, in one line: what was compared with what, or why nothing could be. */
  readonly reason: string
  /** What was compared: rows a second, or the duration in ms when rows are not known. */
  readonly metric: 'rows/s' | 'ms'
  /** This run's value of it; undefined if it has none. */
  readonly value: number | undefined
  /**
   * What the runs compared with let expect of it: their median, for as much work as this one has; undefined if nothing
   * could be compared.
   */
  readonly median: number | undefined
  /** Their spread around that: a standard deviation, without outliers. */
  readonly spread: number | undefined
  /** How many runs were compared with. */
  readonly runs: number
  /** Change against the median as a fraction: 0.25 took, or is, a quarter slower; negative is faster. */
  readonly slowdown: number | undefined
  /** How sure the verdict is, 0 to 1: one minus the chance of such a value without any change. */
  readonly confidence: number | undefined
  /** How runs get slower, each a little: `{ perRun: 0.03, runs: 12 }` if each of 12 is 3% slower than the one before. */
  readonly trend?: { readonly perRun: number; readonly runs: number }
  /**
   * Why nothing could be compared: `few runs` so far; `no work`, as it imported nothing or in no time; `unlike runs`, on
   * another version, with other threads or of another size; `no time`, as the server's times of it make none.
   */
  readonly unknown?: 'few runs' | 'no work' | 'unlike runs' | 'no time'
}

/** Everything that is known of one watched import job: what the report shows. Plain data. */
export interface ImportRecord extends ImportSummary {
  /** At most 500 points, the first and the last among them. */
  readonly curve: readonly CurvePoint[]
  readonly timeLine: readonly TimeLineEntry[]
  /** Longest time without progress while it ran, in ms. */
  readonly stalledMs: number
  /** Why this job fails the run, one line each; empty if it does not. */
  readonly faults: readonly string[]
  /** Against its history, if that was asked for. */
  readonly pace?: PaceComparison
  /** The test that watched it: file, relative to the root, and full name. */
  readonly test?: { readonly file: string; readonly name: string }
}

/** A progress line's worth of one job while it is watched. Plain data. */
export interface ImportProgress {
  readonly jobId: string
  readonly name: string
  readonly table: string
  readonly status: string
  readonly phase: string
  readonly rows: number | undefined
  /** 0 to 100; undefined if neither the server nor the expected rows say. */
  readonly percent: number | undefined
  /** Over the last polls; undefined before two of them. */
  readonly rowsPerSecond: number | undefined
  readonly etaMs: number | undefined
  /** How long there was no progress, in ms. */
  readonly idleMs: number
  /** True once it is over: the last line of this job. */
  readonly over: boolean
  /** Something out of the ordinary, in a few words: `server unreachable`. */
  readonly note?: string
}
