import type { ImportRecord } from '../import-jobs/import-record.ts'
import type { ReportFacts } from './facts.ts'
import { sentenceOf, type Sentence } from './sentence.ts'
import { byUrgency, countStandings, standingOf, type Standing } from './standing.ts'

/**
 * The report as data, as it stands in `import-jobs.json`. Of the same `version`, fields are added and none is removed
 * or changed.
 */
export interface ImportReportJson extends ReportFacts {
  readonly version: 1
  /** What happened, in words. */
  readonly summary: Sentence
  /** How many jobs have each standing. */
  readonly counts: Readonly<Record<Standing, number>>
  /** The most urgent first. */
  readonly jobs: readonly (ImportRecord & { readonly standing: Standing })[]
}

/** The report as JSON text: an {@link ImportReportJson}. */
export function importReportJson(records: readonly ImportRecord[], facts: ReportFacts): string {
  const report: ImportReportJson = {
    version: 1,
    ...facts,
    summary: sentenceOf(records, facts.tests),
    counts: countStandings(records),
    jobs: byUrgency(records).map((record) => ({ standing: standingOf(record), ...record })),
  }
  return `${JSON.stringify(report, null, 1)}\n`
}
