import { wallTime } from '../clock.ts'
import type { ImportRecord } from '../import-jobs/import-record.ts'

/** What a report says of the run as a whole. Plain data. */
export interface ReportFacts {
  /** Heading of the report, such as `Import jobs`. */
  readonly title: string
  /** When the report was made, as an ISO 8601 instant. */
  readonly generatedAt: string
  /** Which run of vitest it was. */
  readonly run: string
  /** The servers that the jobs ran on. */
  readonly servers: readonly { readonly host: string; readonly version: string }[]
  /** How vitest ended, and how many tests of the run had each result; undefined if no vitest was there. */
  readonly tests?: {
    readonly outcome: 'passed' | 'failed' | 'interrupted'
    readonly passed: number
    readonly failed: number
    readonly skipped: number
    /** Why the run had no server, in one line, shortened. */
    readonly error?: string
    /** Tests that failed, and those that asked about import jobs: what the run asserted. The failed ones first. */
    readonly asserted?: readonly AssertedTest[]
  }
}

/** A test, and how it ended. */
export interface AssertedTest {
  readonly file: string
  readonly name: string
  readonly result: 'passed' | 'failed' | 'skipped' | 'unfinished'
  /** Why it failed, shortened. */
  readonly message?: string
}

/** The facts that the records themselves hold. */
export function factsOf(records: readonly ImportRecord[], rest: Partial<ReportFacts> = {}): ReportFacts {
  const servers = new Map(
    records.map(({ host, serverVersion }) => [`${host} ${serverVersion}`, { host, serverVersion }]),
  )
  return {
    title: 'Import jobs',
    generatedAt: new Date(wallTime()).toISOString(),
    run: records[0]?.run ?? '',
    servers: [...servers.values()].map(({ host, serverVersion }) => ({ host, version: serverVersion })),
    ...rest,
  }
}
