import type { ImportRecord, KnownOutcome } from '../import-jobs/import-record.ts'

/** Where a job stands in a report, the most urgent first. */
export const STANDINGS = ['failed', 'unfinished', 'slower', 'unknown', 'fine'] as const

/**
 * `failed` fails the run; `unfinished` did not finish, and no test failed because of that; `slower` is slower than usual, within what is
 * tolerated, or slower from run to run; `unknown` could not be compared; `fine` is all the rest.
 */
export type Standing = (typeof STANDINGS)[number]

/** Where this job stands. */
export function standingOf({ faults, outcome, pace }: ImportRecord): Standing {
  if (faults.length > 0) return 'failed'
  if (outcome !== 'finished') return 'unfinished'
  if (pace?.verdict === 'slower' || pace?.trend !== undefined) return 'slower'
  return pace?.verdict === 'unknown' ? 'unknown' : 'fine'
}

/** The records, the most urgent first; of the same standing, in the order in which they began. */
export function byUrgency(records: readonly ImportRecord[]): ImportRecord[] {
  return records
    .map((record) => ({ record, rank: STANDINGS.indexOf(standingOf(record)), began: record.createdAt ?? record.at }))
    .toSorted((a, b) => a.rank - b.rank || (a.began < b.began ? -1 : a.began > b.began ? 1 : 0))
    .map(({ record }) => record)
}

/** How many jobs have each standing. */
export function countStandings(records: readonly ImportRecord[]): Record<Standing, number> {
  const counts = { failed: 0, unfinished: 0, slower: 0, unknown: 0, fine: 0 }
  for (const record of records) counts[standingOf(record)] += 1
  return counts
}

/** How a job ended, in a word or two. */
export function wordOf(record: ImportRecord): string {
  const { outcome, pace } = record
  const standing = standingOf(record)
  if (outcome !== 'finished') {
    const word = OUTCOMES.get(outcome) ?? `Ended as ${outcome}`
    return standing === 'failed' ? word : `${word}, allowed`
  }
  if (standing === 'failed') return pace?.verdict === 'slower' ? 'Too slow' : 'Not as expected'
  if (standing === 'slower') return pace?.verdict === 'slower' ? 'Slower' : 'Slower each run'
  if (standing === 'unknown') return 'Not compared'
  return pace === undefined ? 'Finished' : pace.verdict === 'faster' ? 'Faster' : 'Usual pace'
}

const OUTCOMES = new Map<string, string>([
  ['pending', 'Never started'],
  ['running', 'Still running'],
  ['failed', 'Failed'],
  ['cancelled', 'Cancelled'],
  ['vanished', 'Vanished'],
  ['awaiting-resolution', 'Awaiting resolution'],
] satisfies [KnownOutcome, string][])
