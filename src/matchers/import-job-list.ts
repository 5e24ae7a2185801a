import { wallTime } from '../clock.ts'
import { toMs, type Duration } from '../duration.ts'
import { DeadlineError } from '../errors.ts'
import { ImportJobList } from '../import-jobs/import-job-list.ts'
import { ImportJob } from '../import-jobs/import-job.ts'
import { WatchedImportJob } from '../import-jobs/watched-import-job.ts'
import { formatCount } from '../number-format.ts'

const SHOWN = 10

/** Jobs as `importJobs.list()` has them; watched ones are taken as they are now. */
function jobsOf(list: unknown, matcher: string): readonly ImportJob[] {
  if (Array.isArray(list)) {
    const jobs = list.map((item: unknown) => (item instanceof WatchedImportJob ? item.job : item))
    if (jobs.every((job) => job instanceof ImportJob)) return list instanceof ImportJobList ? list : jobs
  }
  throw new TypeError(`${matcher}() takes a list of import jobs, such as importJobs.list(), not ${typeof list}`)
}

function view(jobs: readonly ImportJob[]): string {
  return jobs instanceof ImportJobList ? ` (seen: ${jobs.describeView()})` : ''
}

export interface SinceOptions {
  /** Jobs that ended before are not counted: how long ago, or when. Default: all are. */
  readonly since?: Duration | Date | undefined
}

/** `expect(await importJobs.list()).toHaveNoFailedImports({ since: '24h' })`, or with the promise, and awaited. */
export function toHaveNoFailedImports(received: unknown, options?: SinceOptions) {
  return received instanceof Promise
    ? received.then((list) => judgeFailed(list, options))
    : judgeFailed(received, options)
}

function judgeFailed(received: unknown, { since }: SinceOptions = {}) {
  const jobs = jobsOf(received, 'toHaveNoFailedImports')
  // By the server's clock if it is known: a machine that is off by an hour would miss an hour of failures.
  const now = jobs instanceof ImportJobList ? jobs.readAt.getTime() : wallTime()
  const begin = since === undefined ? undefined : since instanceof Date ? since.getTime() : now - toMs(since, 'since')
  const failed = jobs.filter((job) => job.failedSince(begin))
  const period = begin === undefined ? '' : ` since ${new Date(begin).toISOString()}`
  return {
    pass: failed.length === 0,
    message: () =>
      failed.length === 0
        ? `expected an import to have failed${period}, but none of ${formatCount(jobs.length)} did${view(jobs)}`
        : `expected no import to have failed${period}, but ${formatCount(failed.length)} of ${formatCount(jobs.length)} did${view(jobs)}\n${lines(failed)}`,
  }
}

function lines(jobs: readonly ImportJob[]): string {
  const shown = jobs.slice(0, SHOWN).map((job) => {
    const message = job.resultMessage === '' ? '' : `\n    server said: ${job.resultMessage}`
    return `  ${job.describe()}${job.endTime === undefined ? '' : ` at ${job.endTime.toISOString()}`}${message}`
  })
  if (jobs.length > SHOWN) shown.push(`  and ${formatCount(jobs.length - SHOWN)} more`)
  return shown.join('\n')
}

export interface StalledOptions {
  /** How long without progress counts as stalled. Default: TIDB_IMPORT_STALL_SECONDS. */
  readonly idle?: Duration | undefined
}

/**
 * `await expect(importJobs.list()).toHaveNoStalledImports({ idle: '1m' })`: watches each job of the list that runs until
 * it has moved or ended, for `idle` at most.
 */
export async function toHaveNoStalledImports(received: unknown, { idle }: StalledOptions = {}) {
  const jobs = jobsOf(await received, 'toHaveNoStalledImports')
  const running = jobs.filter(({ begun }) => begun)
  const stalled: WatchedImportJob[] = []
  if (running.length > 0) {
    if (!(jobs instanceof ImportJobList) || jobs.monitor === undefined) {
      throw new TypeError('toHaveNoStalledImports() takes importJobs.list(): it has to watch whether they move')
    }
    const { monitor } = jobs
    await Promise.all(
      running.map(async (job) => {
        await using watched = monitor.watch(job)
        if (await isStalled(watched, job, toMs(idle ?? monitor.stallMs, 'idle'))) stalled.push(watched)
      }),
    )
  }
  return {
    pass: stalled.length === 0,
    message: () =>
      stalled.length === 0
        ? `expected a job to be stalled, but all ${formatCount(running.length)} running jobs have moved${view(jobs)}`
        : `expected no job to be stalled, but ${formatCount(stalled.length)} of ${formatCount(running.length)} running jobs are${view(jobs)}\n${stalled
            .slice(0, SHOWN)
            .map((watched) => `  ${watched.describe()}\n${watched.timeLine()}`)
            .join('\n')}`,
  }
}

async function isStalled(watched: WatchedImportJob, job: ImportJob, idleMs: number): Promise<boolean> {
  try {
    await watched.until(
      'to move',
      ({ job: now }) => !now.active || now.importedRows !== job.importedRows || now.phase !== job.phase,
      { within: idleMs },
    )
    return false
  } catch (error) {
    if (error instanceof DeadlineError) return true
    throw error
  }
}
