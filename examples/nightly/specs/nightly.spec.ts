import { inject } from 'vitest'
import { expect, test, type WatchedImportJob } from 'vitest-tidb'

// The one thing to change: what is imported each night, and how many rows it has at least.
const expectedRows = new Map([
  ['`shop`.`orders`', 1_000_000],
  ['`shop`.`customers`', 50_000],
])

const watchSeconds = Number(inject('tidb').settings.importMonitorSeconds)
const night = `${watchSeconds}s`

test(
  'the imports of this night',
  { tags: ['nightly'], timeout: (watchSeconds + 120) * 1_000 },
  async ({ importJobs, tidbImportHistory }) => {
    const check = async (job: WatchedImportJob) => {
      // To its end: it finishes, and never goes longer than that without progress.
      await expect.soft(job).toProgress({ every: '5m', within: night })
      if (job.job?.status !== 'finished') return
      await expect.soft(job).toHaveImported({ min: expectedRows.get(job.name) ?? 1 })
      if (tidbImportHistory !== undefined) await expect.soft(job).toKeepPace({ tolerance: 0.2 })
    }

    // Jobs that are active now or later are watched, until all expected ones have come and nothing is left to check.
    const missing = new Set(expectedRows.keys())
    const over = new AbortController()
    const checks = new Set<Promise<void>>()
    for await (const job of importJobs.discover({ duration: night, signal: over.signal })) {
      const checked = check(job).then(() => {
        checks.delete(checked)
        missing.delete(job.name)
        if (checks.size === 0 && missing.size === 0) over.abort()
      })
      checks.add(checked)
    }
    await Promise.all(checks)

    // Jobs that failed before the watch began; if no job was seen, nothing was checked.
    expect.soft(await importJobs.list()).toHaveNoFailedImports({ since: '24h' })
    expect([...missing], 'imports that were expected and did not run while this watched').toEqual([])
  },
)
