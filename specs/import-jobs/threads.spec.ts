import { expect, parseJobScript, type WatchedImportJob } from 'vitest-tidb'
import { ownServerTest } from '../../fixtures/import-test.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { FolderHistory } from '../../src/import-history/folder-history.ts'

// How many threads a job has, as the pace of jobs with others says nothing of it. On real imports: real-imports.spec.ts.

// Jobs that have ended before the next poll, too.
const test = ownServerTest.extend('tidbSettings', { importPollIntervalMs: 300, waitTimeoutMs: 10_000 })

const threadsOf = (job: WatchedImportJob) => job.record({ run: 'r', serverVersion: 'v' }).threads

test('are those that the statement asked for if no task has a plan', async ({ startTiDB, tidbPool, importJobs }) => {
  const server = await startTiDB()
  const script = parseJobScript(
    `jobs:
      - { name: two, threads: 2, steps: [start, { finish: 1 }] }
      - { name: later, threads: 3, steps: [start, { after: 400ms, finish: 1 }] }
      - { name: many, set: { parameters: '{"options":{"thread":"many"}}' }, steps: [start, { finish: 1 }] }
      - { name: readers, threads: 2, user: reader@%, steps: [start, { finish: 1 }] }`,
    'threads.yaml',
  )
  await tidbPool.session('admin', server.settings).query("create user 'reader'@'%'")
  const jobs = importJobs.on(server)
  const play = await jobs.play(script)
  const watched = ['two', 'later', 'many'].map((name) => play.watch(name))
  await Promise.all(watched.map((job) => job.ended()))
  expect(watched.map(threadsOf)).toEqual([2, 3, undefined])

  // Who may not read the tables behind watches a job as well.
  const reader = importJobs.on({ ...server, settings: { ...server.settings, user: 'reader' } })
  const own = reader.watch(play.idOf('readers'))
  await expect(own).toFinish()
  expect(threadsOf(own)).toBeUndefined()
})

test('are known of a job that is discovered after its end', async ({ ownJobs }) => {
  const script = parseJobScript(
    'jobs: [{ name: short, threads: 2, at: 500ms, steps: [start, { finish: 1 }] }]',
    's.yaml',
  )
  const playing = ownJobs.play(script)
  for await (const job of ownJobs.discover({ duration: '10s' })) {
    await job.ended()
    expect(threadsOf(job)).toBe(2)
    break
  }
  await playing
})

test('that other runs had make them no measure, and the reason says so', async ({ ownJobs, tidbServer }) => {
  using folder = tempFolder()
  const history = new FolderHistory(folder.path)
  const times = '{ start_time: 60s ago, end_time: now }'
  const play = await ownJobs.play(
    parseJobScript(
      `jobs: [{ name: orders, threads: 2, rows: 10, steps: [start, { finish: 10, set: ${times} }] }]`,
      'orders.yaml',
    ),
  )
  const job = play.watch('orders')
  await job.ended()
  const record = job.record({ run: 'r', serverVersion: tidbServer.release })
  const nights = async (from: number, threads: number, durationMs: number) => {
    for (let night = from; night < from + 6; night += 1) {
      const at = new Date(Date.UTC(2026, 0, night)).toISOString()
      await history.append({ ...record, run: `${night}`, jobId: `${night}`, createdAt: at, at, threads, durationMs })
    }
  }
  await nights(1, 4, 30_000)
  const why = /only 0 of the 5 runs that are needed; 6 left out, with 4 threads: this is with 2 threads/
  await expect(expect(job).toKeepPace({ against: history })).rejects.toThrow(why)
  await expect(expect(job).not.toKeepPace({ against: history })).rejects.toThrow(why)
  await nights(10, 2, 60_000)
  await expect(job).toKeepPace({ against: history })
  expect(job.pace).toMatchObject({ verdict: 'kept', runs: 6 })
})
