import type { ImportRecord } from '../import-jobs/import-record.ts'
import { formatCount, formatQuantity } from '../number-format.ts'
import type { ReportFacts } from './facts.ts'
import { countStandings, standingOf, wordOf } from './standing.ts'

/** What happened, in words: `lead` is what matters, `rest` is what else there is to say, empty if that is nothing. */
export interface Sentence {
  readonly lead: string
  readonly rest: string
}

/**
 * What happened in a run, in words.
 *
 * @example { lead: '3 of 40 import jobs failed.', rest: '1 more is slower than usual. The other 36 finished.' }
 */
export function sentenceOf(records: readonly ImportRecord[], tests?: ReportFacts['tests']): Sentence {
  const ofJobs = sentenceOfJobs(records)
  // A job that fails the run says why; else the run has reasons of its own.
  if (tests === undefined || tests.outcome === 'passed' || countStandings(records).failed > 0) return ofJobs
  return { lead: endOf(tests), rest: [ofJobs.lead, ofJobs.rest].filter(Boolean).join(' ') }
}

/** How a run ended that did not pass. */
function endOf({ outcome, passed, failed, skipped, error }: NonNullable<ReportFacts['tests']>): string {
  if (outcome === 'interrupted') return 'The run was interrupted.'
  if (failed === 0) {
    const before = passed + skipped === 0 ? 'before any of its tests' : 'with an error outside of its tests'
    return `The run failed, ${before}${error === undefined ? '.' : `: ${error}`}`
  }
  return `The run failed: ${formatCount(failed)} of ${formatQuantity(passed + failed + skipped, 'test')} did.`
}

function sentenceOfJobs(records: readonly ImportRecord[]): Sentence {
  const all = records.length
  if (all === 0) return { lead: 'No import job was watched.', rest: '' }
  const { failed, unfinished, slower, unknown, fine } = countStandings(records)
  const compared = records.filter((record) => standingOf(record) === 'fine').every(({ pace }) => pace !== undefined)
  const pace = (number: number) => (compared ? `, at ${number === 1 ? 'its' : 'their'} usual pace or faster` : '')
  if (fine === all) {
    const lead = all === 1 ? `The only import job finished` : `All ${formatCount(all)} import jobs finished`
    return { lead: `${lead}${pace(all)}.`, rest: '' }
  }
  const more = failed === 0 ? '' : ' more'
  const rest = [
    unfinished > 0 && `${formatCount(unfinished)}${more} did not finish, and no test failed because of that`,
    slower > 0 && `${formatCount(slower)}${more} ${slower === 1 ? 'is' : 'are'} slower than usual`,
    unknown > 0 && `${formatCount(unknown)}${more} could not be compared with earlier runs`,
    fine > 0 && `the other ${formatCount(fine)} finished${pace(fine)}`,
  ].filter((part) => part !== false)
  const lead =
    failed > 0
      ? leadOf(records)
      : `${all === 1 ? 'The only import job does' : `None of ${formatCount(all)} import jobs`} ${all === 1 ? 'not fail' : 'fails'} the run`
  return { lead: `${lead}.`, rest: rest.map((part) => `${part[0]?.toUpperCase()}${part.slice(1)}.`).join(' ') }
}

/** The jobs that fail the run: `2 of 40 import jobs fail the run: 1 failed, 1 is too slow`. */
function leadOf(records: readonly ImportRecord[]): string {
  const failed = records.filter((record) => standingOf(record) === 'failed')
  const all = failed.length === records.length && failed.length > 1 ? `All ${formatCount(failed.length)}` : undefined
  const what = `${all ?? `${formatCount(failed.length)} of ${formatCount(records.length)}`} import ${records.length === 1 ? 'job' : 'jobs'}`
  const phrases = [...Map.groupBy(failed, wordOf)].map(([word, { length }]) => ({
    length,
    phrase: phraseOf(word, length === 1),
  }))
  const [only] = phrases
  if (phrases.length === 1 && only !== undefined) return `${what} ${only.phrase}`
  const listed = phrases.map(({ length, phrase }) => `${formatCount(length)} ${phrase}`)
  return `${what} ${failed.length === 1 ? 'fails' : 'fail'} the run: ${listed.join(', ')}`
}

function phraseOf(word: string, one: boolean): string {
  switch (word) {
    case 'Failed':
    case 'Vanished':
    case 'Never started':
      return word.toLowerCase()
    case 'Cancelled':
    case 'Still running':
      return `${one ? 'was' : 'were'} ${word.toLowerCase()}`
    case 'Too slow':
      return `${one ? 'is' : 'are'} too slow`
    case 'Not as expected':
      return 'finished, but not as expected'
    default:
      return `${word[0]?.toLowerCase()}${word.slice(1)}`
  }
}
