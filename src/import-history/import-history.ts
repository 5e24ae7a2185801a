import type { ImportOutcome, ImportSummary } from '../import-jobs/import-record.ts'

/** What tells one import job from all others: numbers begin anew on a server that was made anew. */
export type JobIdentity = Pick<ImportSummary, 'host' | 'jobId' | 'createdAt' | 'run'>

export interface HistoryOptions {
  readonly signal?: AbortSignal | undefined
}

export interface HistoryReadOptions extends HistoryOptions {
  /** A job to leave out: the one that is compared with the others. */
  readonly exclude?: JobIdentity | undefined
  /** Only jobs that came to this. */
  readonly outcome?: ImportOutcome | undefined
}

/** What was read of a history. */
export interface HistoryRead {
  /** Oldest first. */
  readonly summaries: readonly ImportSummary[]
  /** What could not be read and was left out, one line each; empty if all could. */
  readonly warnings: readonly string[]
}

/** Outcomes of watched import jobs, kept from run to run. Nothing in it is ever rewritten or deleted. */
export interface ImportHistory extends AsyncDisposable {
  /**
   * Adds one outcome. Processes and machines may do so at once; the same one twice is there once.
   *
   * @throws {HistoryError} if it can't be written.
   */
  append(summary: ImportSummary, options?: HistoryOptions): Promise<void>
  /**
   * The newest `count` jobs of a name, each once, however many shards and runs watched it. What can't be read is left
   * out, with a warning.
   *
   * @throws {HistoryError} if nothing can be read.
   */
  last(name: string, count: number, options?: HistoryReadOptions): Promise<HistoryRead>
  /** Where it is, without a password. */
  describe(): string
}

/** Equal for two sightings of one job: shards and runs may watch the same. */
export function jobKey({ host, jobId, createdAt, run }: JobIdentity): string {
  return JSON.stringify([host, jobId, createdAt ?? { run }])
}
