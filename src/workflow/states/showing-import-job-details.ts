import { delay, performance } from '../../clock.ts'
import type { ImportJob } from '../../import-jobs/import-job.ts'
import { isJobMissing, isServersOwnFailure, showImportJob } from '../../import-jobs/show.ts'
import { defineState } from '../define-state.ts'
import type { CheckingImportJobsResult } from './checking-import-jobs.ts'
import { formatQuantity } from '../../number-format.ts'

export interface ShowingImportJobDetailsResult {
  /** The jobs that were active when the watch began, each as it was seen last. */
  readonly jobs: readonly ImportJob[]
  /** How often the jobs were polled. */
  readonly polls: number
  /** How long they were watched, in ms. */
  readonly watchedMs: number
  /** True if the watch ended as no job was active any more. */
  readonly allEnded: boolean
}

/** ShowingImportJobDetails: watches the active jobs for TIDB_IMPORT_MONITOR_SECONDS, or until none is active. */
export const showingImportJobDetails = defineState({
  name: 'ShowingImportJobDetails',
  needs: ['CheckingImportJobs'],
  within: ({ stateTimeoutMs, importMonitorSeconds }) => stateTimeoutMs + importMonitorSeconds * 1_000,
  local: () => ({ seen: new Map<string, ImportJob>() }),
  finding: ({ jobs, polls, allEnded }: ShowingImportJobDetailsResult) =>
    jobs.length === 0
      ? 'nothing to watch'
      : `${formatQuantity(jobs.length, 'job')}, ${formatQuantity(polls, 'poll')}, ${allEnded ? 'all ended' : 'some still active'}`,
  async run(context): Promise<ShowingImportJobDetailsResult> {
    const { connection, config, local } = context
    const { active } = context.found<CheckingImportJobsResult>('CheckingImportJobs')
    for (const job of active) if (!local.seen.has(job.id)) local.seen.set(job.id, job)
    const started = performance.now()
    const endsAt = started + config.importMonitorSeconds * 1_000
    const running = () => [...local.seen.values()].filter((job) => job.active)
    let polls = 0
    while (running().length > 0) {
      for (const { id } of running()) {
        const job = await poll(id)
        if (job !== undefined) {
          local.seen.set(id, job)
          context.progress(job.describe())
        }
      }
      polls += 1
      const left = endsAt - performance.now()
      if (left <= 0 || running().length === 0) break
      await delay(Math.min(config.importPollIntervalMs, left), undefined, { signal: context.signal })
    }
    const jobs = [...local.seen.values()]
    return { jobs, polls, watchedMs: performance.now() - started, allEnded: running().length === 0 }

    async function poll(id: string): Promise<ImportJob | undefined> {
      const before = local.seen.get(id)
      try {
        return await showImportJob(connection, id, { timeZone: before?.timeZone })
      } catch (error) {
        // Between two of its steps, a running job may have no task for a moment: the next poll finds it again.
        if (isServersOwnFailure(error)) return undefined
        if (isJobMissing(error)) return before?.vanished()
        throw error
      }
    }
  },
})
