import { inject } from 'vitest'
import { expect, test as base, type WatchedImportJob } from 'vitest-tidb'

// nightly {
// The import jobs of a night: `npx vitest run --tags-filter nightly` on a schedule. With TIDB_HOST set, every job that
// is active within TIDB_IMPORT_MONITOR_SECONDS is watched. Without, a script is played into a server of our own.
const watchSeconds = Number(inject('tidb').settings.importMonitorSeconds)

const test = base.extend('tidbSettings', { importPollIntervalMs: inject('tidb').ours ? 50 : 5_000 })

test(
  'the imports of this night finish, move all the time, and are as fast as ever',
  { tags: ['nightly'], timeout: (watchSeconds + 120) * 1_000 },
  async ({ importJobs, tidbServer, tidbImportHistory, annotate, skip }) => {
    skip(!tidbServer.ours && watchSeconds === 0, 'TIDB_IMPORT_MONITOR_SECONDS is 0: no job of this host is watched')
    const within = tidbServer.ours ? '20s' : `${watchSeconds}s`
    const check = async (job: WatchedImportJob) => {
      // To its end: one that is watched for a part of a time only has not shown that it moves for all of it.
      await expect.soft(job).toProgress({ every: '5m', within })
      if (tidbImportHistory !== undefined && job.job?.status === 'finished') await expect.soft(job).toKeepPace()
    }
    if (tidbImportHistory === undefined) await annotate('no history is configured: paces are not compared', 'warning')

    if (tidbServer.ours) {
      const night = await importJobs.play(new URL('../../fixtures/import-jobs/nightly.yaml', import.meta.url))
      await Promise.all(['orders', 'customers'].map((name) => check(night.watch(name))))
      return
    }
    const checks: Promise<void>[] = []
    for await (const job of importJobs.discover({ duration: within })) checks.push(check(job))
    await Promise.all(checks)
    const list = await importJobs.list()
    expect.soft(list).toHaveNoFailedImports({ since: '24h' })
    // Nothing to be seen is nothing checked.
    const since = list.readAt.getTime() - 86_400_000
    expect(list.filter(({ createTime }) => Number(createTime) > since)).not.toEqual([])
  },
)
// }
