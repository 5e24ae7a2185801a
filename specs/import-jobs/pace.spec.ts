import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, parseJobScript, type ImportSummary } from 'vitest-tidb'
import { jobScript, ownServerTest as test } from '../../fixtures/import-test.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { FolderHistory } from '../../src/import-history/folder-history.ts'
import { comparePace } from '../../src/import-history/pace.ts'

/** A night long ago on which the job took that long. */
function night(index: number, durationMs: number, name = 'orders'): ImportSummary {
  const at = new Date(Date.UTC(2026, 0, 1 + index, 3)).toISOString()
  return {
    ...{ name, run: `night-${index}`, host: 'db:4000', serverVersion: 'v8.5.6', jobId: String(index), table: '`t`' },
    ...{ source: 's3://bucket/orders.csv', outcome: 'finished', message: '', rows: 1_000_000, at, createdAt: at },
    ...{ durationMs, phases: [] },
  }
}

/** @param serverVersion that of the jobs to come, as others are no measure for them. */
async function historyOf(
  folder: string,
  durations: readonly number[],
  { release: serverVersion }: { readonly release: string },
): Promise<FolderHistory> {
  const history = new FolderHistory(folder)
  for (const [index, durationMs] of durations.entries()) {
    await history.append({ ...night(index, durationMs), serverVersion })
  }
  return history
}

const STEADY = [990, 1_010, 1_000, 1_005, 995, 1_002, 998, 1_000]

test('a job that takes twice as long as its history is slower, and the failure says by how much', async ({
  ownJobs,
  tidbServer,
}) => {
  using folder = tempFolder()
  const against = await historyOf(folder.path, STEADY, tidbServer)
  const play = await ownJobs.play(jobScript('pace-slow.yaml'))
  const job = play.watch('orders')
  const failure = await expect(job)
    .toKeepPace({ against })
    .catch((error: Error) => error.message)
  expect(failure).toMatch(/expected import job \d+ \(orders\) to keep its pace, 20% slower at most, but .*slower/)
  expect(job.pace).toMatchObject({ verdict: 'slower', metric: 'rows/s', runs: 8 })
  expect(job.pace?.slowdown).toBeGreaterThan(0.5)
  expect(job.pace?.confidence).toBeGreaterThan(0.95)
  expect(job.record({ run: 'r', serverVersion: 'v' })).toMatchObject({
    pace: { verdict: 'slower' },
    faults: [expect.stringContaining('to keep its pace') as string],
  })
  await expect(job).not.toKeepPace({ against })
})

test('a job that takes as long as ever keeps its pace', async ({ ownJobs, tidbServer }) => {
  using folder = tempFolder()
  await historyOf(folder.path, STEADY, tidbServer)
  // By the server's clock, however busy this machine is.
  const steps = '[start, { finish: 1000000, set: { start_time: 1001ms ago, end_time: now } }]'
  const play = await ownJobs.play(
    parseJobScript(`jobs: [{ name: orders, rows: 1000000, steps: ${steps} }]`, 'steady.yaml'),
  )
  const job = play.watch('orders')
  await expect(job).toKeepPace({ against: folder.path })
  expect(job.pace).toMatchObject({ verdict: 'kept', runs: 8 })
})

test.for([
  ['that ended before it began', '{ start_time: now, end_time: 20s ago }', 'it ended before it began: a clock jumped'],
  ['without a start', '{ start_time: null, end_time: now }', 'its duration is not known'],
] as const)(
  'the pace of a job %s is an error, and nothing that a later run is compared with',
  async ([, times, why], { ownJobs, tidbServer }) => {
    using folder = tempFolder()
    const history = await historyOf(folder.path, STEADY, tidbServer)
    const steps = `[start, { finish: 1000000, set: ${times} }]`
    const play = await ownJobs.play(
      parseJobScript(`jobs: [{ name: orders, rows: 1000000, steps: ${steps} }]`, 'times.yaml'),
    )
    const job = play.watch('orders')
    await expect(expect(job).toKeepPace({ against: history })).rejects.toMatchObject({
      code: 'TIDB_IMPORT_JOB_FAILED',
      message: expect.stringContaining(`keeps its pace: not compared: ${why}`) as string,
    })
    await expect(expect(job).not.toKeepPace({ against: history })).rejects.toThrow(why)
    const record = job.record({ run: 'r', serverVersion: tidbServer.release })
    expect(record.durationMs).toBeUndefined()
    expect(
      comparePace({ ...night(90, 1_000), serverVersion: tidbServer.release }, [
        ...(await history.last('orders', 20)).summaries,
        record,
      ]).runs,
    ).toBe(8)
  },
)

test('runs on another version are no measure: neither toKeepPace nor its opposite holds', async ({ ownJobs }) => {
  using folder = tempFolder()
  const history = new FolderHistory(folder.path)
  for (const [index, ms] of STEADY.entries()) await history.append({ ...night(index, ms), serverVersion: 'v7.5.0' })
  const play = await ownJobs.play(jobScript('pace-slow.yaml'), { speed: 2 })
  const job = play.watch('orders')
  const why = /only 0 of the 5 runs that are needed; 8 left out, on v7\.5\.0: this is/
  await expect(expect(job).toKeepPace({ against: history })).rejects.toThrow(why)
  await expect(expect(job).not.toKeepPace({ against: history })).rejects.toThrow(why)
  expect(job.pace).toMatchObject({ verdict: 'unknown', unknown: 'unlike runs' })
})

test('too few runs fail nothing, and the comparison says so', async ({ ownJobs, tidbServer }) => {
  using folder = tempFolder()
  await historyOf(folder.path, STEADY.slice(0, 4), tidbServer)
  const play = await ownJobs.play(jobScript('pace-slow.yaml'), { speed: 2 })
  const job = play.watch('orders')
  await expect(job).toKeepPace({ against: folder.path })
  expect(job.pace).toMatchObject({ verdict: 'unknown', runs: 4 })
  expect(job.pace?.reason).toContain('only 4 of the 5 runs that are needed')
})

test('a job that did not finish keeps no pace', async ({ ownJobs, tidbServer }) => {
  using folder = tempFolder()
  await historyOf(folder.path, STEADY, tidbServer)
  const play = await ownJobs.play(jobScript('failing.yaml'), { speed: 4 })
  await expect(expect(play.watch('orders')).toKeepPace({ against: folder.path })).rejects.toThrow('but it failed')
})

test('lines that are corrupt, torn or of a newer version are left out, and said', async ({ ownJobs, tidbServer }) => {
  using folder = tempFolder()
  await historyOf(folder.path, STEADY, tidbServer)
  const [file = ''] = readdirSync(folder.path)
  const path = join(folder.path, file)
  writeFileSync(path, `no json\n${readFileSync(path, 'utf8')}`)
  appendFileSync(path, `{"v":2,"at":"2027-01-01T00:00:00.000Z","name":"orders"}\n{"v":1,"at":"2026-02-01T0`)
  const play = await ownJobs.play(jobScript('pace-slow.yaml'))
  const job = play.watch('orders')
  await expect(job).not.toKeepPace({ against: folder.path })
  expect(job.pace).toMatchObject({ verdict: 'slower', runs: 8 })
  expect(job.pace?.reason).toMatch(/format 2.*update vitest-tidb/)
})

test('a history that can not be read fails with where it is', async ({ ownJobs }) => {
  using folder = tempFolder()
  const path = join(folder.path, 'a-file')
  writeFileSync(path, '')
  const play = await ownJobs.play(jobScript('finishing.yaml'), { speed: 10 })
  await expect(expect(play.watch('orders')).toKeepPace({ against: path })).rejects.toMatchObject({
    code: 'TIDB_HISTORY_FAILED',
    message: expect.stringContaining(path) as string,
  })
})
