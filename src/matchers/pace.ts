import { ConfigError, ImportJobError } from '../errors.ts'
import { FolderHistory } from '../import-history/folder-history.ts'
import type { ImportHistory } from '../import-history/import-history.ts'
import { comparePace } from '../import-history/pace.ts'
import type { WatchedImportJob, WatchWaitOptions } from '../import-jobs/watched-import-job.ts'
import { demandPace } from './import-arguments.ts'
import { blamed, endingOf, judged, watchedOf, words } from './import-job.ts'
import type { MatcherState } from './other-failure.ts'
import { paceSources } from './pace-source.ts'
import { formatShare } from '../number-format.ts'

export interface PaceMatcherOptions extends WatchWaitOptions {
  /** How much longer than usual the job may take, from 0 to 1: 0.2 is a fifth. Default 0.2. */
  readonly tolerance?: number | undefined
  /** What it is compared with: a history, or a folder of one. Default: the configured history. */
  readonly against?: ImportHistory | string | undefined
}

/**
 * `await expect(job).toKeepPace({ tolerance: 0.2 })`: the job finishes, and not slower than its own history has it. Until
 * there are enough runs in that history it passes, and the report says so.
 *
 * @throws {ImportJobError} if there are enough, but none on this version or of such a size; or if the server's times of
 *   the job make no duration.
 */
export async function toKeepPace(this: MatcherState, received: unknown, options: PaceMatcherOptions = {}) {
  demandPace(options)
  const { tolerance = 0.2, against, ...wait } = options
  const watched = watchedOf(received, 'toKeepPace')
  const expected = `to keep its pace, ${formatShare(tolerance)} slower at most`
  const question = { watched, isNot: this.isNot ?? false, expected }
  const { job, how } = await endingOf(question, wait)
  if (how !== 'finished') return judged(question, { pass: false, but: words(job, watched) })
  const source = paceSources.get(watched)
  const history = typeof against === 'string' ? new FolderHistory(against) : (against ?? source?.history)
  if (history === undefined || source === undefined) {
    throw new ConfigError(['TIDB_IMPORT_HISTORY_DIR'], 'toKeepPace() has no history to compare with', {
      hints: ['set TIDB_IMPORT_HISTORY_DIR or TIDB_IMPORT_HISTORY_URL, or pass a folder: toKeepPace({ against })'],
    })
  }
  const record = source.record()
  const { runs, minRuns } = source
  try {
    const { summaries, warnings } = await history.last(record.name, runs, { exclude: record, outcome: 'finished' })
    const compared = comparePace(record, summaries, { tolerance, runs, minRuns })
    watched.pace = { ...compared, reason: [compared.reason, ...warnings].join('; ') }
    if (compared.unknown === 'unlike runs' || compared.unknown === 'no time')
      throw unknownPace(watched, watched.pace.reason)
    return judged(question, { pass: compared.verdict !== 'slower', but: watched.pace.reason })
  } catch (error) {
    throw blamed(watched, error)
  }
}

/** Whether it is slower can't be known: neither the assertion nor its opposite holds. */
function unknownPace(watched: WatchedImportJob, reason: string): ImportJobError {
  return new ImportJobError(
    watched.id,
    `can't tell whether import job ${watched.id} (${watched.name}) keeps its pace: ${reason}`,
    {
      host: watched.host,
      hints: ['watch it by another name to begin a new history', 'leave toKeepPace out for this run'],
    },
  )
}
