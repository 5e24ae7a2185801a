import type { ImportSummary } from '../../src/import-jobs/import-record.ts'

const FIRST_NIGHT = Date.parse('2025-01-01T02:00:00Z')
const DAY_MS = 86_400_000

/** What is kept of one import: 1,000,000 rows in a little over 1000 s, in the night of that number. */
export function importSummary(night: number, different: Partial<ImportSummary> = {}): ImportSummary {
  const { durationMs = 1_000_500 } = different
  const created = FIRST_NIGHT + night * DAY_MS
  return {
    name: '`shop`.`orders`',
    run: `night ${night}`,
    host: '127.0.0.1:4000',
    serverVersion: 'v8.5.6',
    jobId: String(night + 1),
    table: '`shop`.`orders`',
    source: 's3://nightly/orders.*.csv',
    outcome: 'finished',
    message: '',
    rows: 1_000_000,
    bytes: 300_000_000,
    at: new Date(created + 2_000_000).toISOString(),
    createdAt: new Date(created).toISOString(),
    startedAt: new Date(created).toISOString(),
    endedAt: new Date(created + 1_000_000).toISOString(),
    durationMs,
    phases: [{ phase: 'importing', ms: 1_000_000 }],
    ...different,
  }
}

/** As many nights as there are durations, in ms. */
export function nights(durations: readonly number[], different: Partial<ImportSummary> = {}): ImportSummary[] {
  return durations.map((durationMs, night) => importSummary(night, { ...different, durationMs }))
}
