import { performance, wallTime } from '../clock.ts'
import { toMs, type Duration } from '../duration.ts'
import { DeadlineError } from '../errors.ts'
import { ImportJobList } from '../import-jobs/import-job-list.ts'
import { ImportJob } from '../import-jobs/import-job.ts'
import { WatchedImportJob } from '../import-jobs/watched-import-job.ts'
import { shortMessage } from '../import-jobs/server-message.ts'
import { demandIdle, demandSince } from './import-arguments.ts'
import { otherFailure, type MatcherState } from './other-failure.ts'
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
export function toHaveNoFailedImports(this: MatcherState, received: unknown, options?: SinceOptions) {
  demandSince(options)
  return received instanceof Promise
    ? received.then((list) => judgeFailed(this, list, options))
    : judgeFailed(this, received, options)
}

function judgeFailed(state: MatcherState, received: unknown, { since }: SinceOptions = {}) {
  const jobs = jobsOf(received, 'toHaveNoFailedImports')
  // By the server's clock if it is known: a machine that is off by an hour would miss an hour of failures.
  const now = jobs instanceof ImportJobList ? jobs.readAt.getTime() : wallTime()
  const begin = since === undefined ? undefined : since instanceof Date ? since.getTime() : now - toMs(since, 'since')
  const { true: failed = [], unknown = [] } = Object.groupBy(jobs, (job) => `${job.failedSince(begin)}`)
  const period = begin === undefined ? '' : ` since ${new Date(begin).toISOString()}`
  const all = formatCount(jobs.length)
  // What is not known counts as failed, and proves no failure.
  if (state.isNot === true && failed.length === 0 && unknown.length > 0) {
    const but = `of ${formatCount(unknown.length)} of ${all} that is not known${view(jobs)}\n${lines(unknown)}`
    throw otherFailure(state, 'the list', `to have no import that failed${period}`, but, undefined)
  }
  const counted = [...failed, ...unknown]
  const did = unknown.length === 0 ? 'did' : `did, or nobody knows (${formatCount(unknown.length)})`
  return {
    pass: counted.length === 0,
    message: () =>
      counted.length === 0
        ? `expected an import to have failed${period}, but none of ${all} did${view(jobs)}`
        : `expected no import to have failed${period}, but ${formatCount(counted.length)} of ${all} ${did}${view(jobs)}\n${lines(counted)}`,
  }
}

function lines(jobs: readonly ImportJob[]): string {
  const shown = jobs.slice(0, SHOWN).map((job) => {
    const message = job.resultMessage === '' ? '' : `\n    server said: ${shortMessage(job.resultMessage)}`
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
 * it has moved or ended, or the server says the same of it for longer than `idle`. One that can't be seen by then fails
 * the assertion in both directions.
 */
export async function toHaveNoStalledImports(this: MatcherState, received: unknown, options?: StalledOptions) {
  demandIdle(options)
  const jobs = jobsOf(await received, 'toHaveNoStalledImports')
  const running = jobs.filter(({ begun }) => begun)
  const stalled: WatchedImportJob[] = []
  const unseen: WatchedImportJob[] = []
  if (running.length > 0) {
    if (!(jobs instanceof ImportJobList) || jobs.monitor === undefined) {
      throw new TypeError('toHaveNoStalledImports() takes importJobs.list(): it has to watch whether they move')
    }
    const { monitor } = jobs
    const idleMs = toMs(options?.idle ?? monitor.stallMs, 'idle')
    await Promise.all(
      running.map(async (job) => {
        await using watched = monitor.watch(job)
        const stands = await standingOf(watched, job, idleMs)
        if (stands === 'stalled') stalled.push(watched)
        if (stands === 'unseen') unseen.push(watched)
      }),
    )
  }
  const all = formatCount(running.length)
  if (unseen.length > 0 && (this.isNot === true || stalled.length === 0)) {
    const but = `${formatCount(unseen.length)} of ${all} running jobs could not be seen${view(jobs)}\n${shown(unseen)}`
    throw otherFailure(this, 'the list', 'to have no job that is stalled', but, undefined)
  }
  return {
    pass: stalled.length === 0,
    message: () =>
      stalled.length === 0
        ? `expected a job to be stalled, but all ${all} running jobs have moved${view(jobs)}`
        : `expected no job to be stalled, but ${formatCount(stalled.length)} of ${all} running jobs are${view(jobs)}\n${shown(stalled)}`,
  }
}

function shown(watches: readonly WatchedImportJob[]): string {
  return watches
    .slice(0, SHOWN)
    .map((watched) => `  ${watched.describe()}\n${watched.timeLine()}`)
    .join('\n')
}

/** Whether a listed job moves: by the first poll after that time at the latest, as what it says is what the server says. */
async function standingOf(
  watched: WatchedImportJob,
  listed: ImportJob,
  idleMs: number,
): Promise<'moved' | 'stalled' | 'unseen'> {
  const begun = performance.now()
  const { polls, pollMs } = watched.sighting
  const isOver = () => performance.now() - begun >= idleMs
  // What was seen before says nothing of what came after the list, unless it is the end.
  const isNew = () => watched.sighting.polls > polls
  const moved = (now: ImportJob) => !now.active || (isNew() && now.movedSince(listed))
  try {
    const { job, gap } = await watched.until('to move', (now) => moved(now.job) || (isNew() && isOver()), {
      within: idleMs + pollMs,
    })
    if (moved(job)) return 'moved'
    return gap === undefined ? 'stalled' : 'unseen'
  } catch (error) {
    if (error instanceof DeadlineError) return 'unseen'
    throw error
  }
}
