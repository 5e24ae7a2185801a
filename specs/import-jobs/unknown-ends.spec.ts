import { expect, parseJobScript, type WatchedImportJob } from 'vitest-tidb'
import { failureOf } from '../../fixtures/failure-of.ts'
import { jobScript, ownServerTest as test } from '../../fixtures/import-test.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'

// How a job ended may not be known: that is no verdict, neither this way nor with `not`.

const WAIT = { within: 150 }

/** Every assertion on a job's end, and its opposite. */
function bothWays(job: WatchedImportJob, against: string, wait = WAIT): (() => Promise<void>)[] {
  return [
    () => expect(job).toFinish(wait),
    () => expect(job).not.toFinish(wait),
    () => expect(job).toHaveImported(7, wait),
    () => expect(job).not.toHaveImported(7, wait),
    () => expect(job).toFailImport(/x/, wait),
    () => expect(job).not.toFailImport(undefined, wait),
    () => expect(job).toBeCancelled(wait),
    () => expect(job).not.toBeCancelled(wait),
    () => expect(job).toKeepPace({ against, ...wait }),
    () => expect(job).not.toKeepPace({ against, ...wait }),
    () => expect(job).toProgress({ every: '1h', ...wait }),
    () => expect(job).not.toProgress({ every: '1h', ...wait }),
  ]
}

test('past the deadline', async ({ ownJobs }) => {
  using folder = tempFolder()
  const play = await ownJobs.play(jobScript('stalling-for-good.yaml'))
  const job = play.watch('orders')
  await job.until('to run', ({ job: { status } }) => status === 'running')
  for (const verdict of bothWays(job, folder.path)) {
    expect(await failureOf(verdict()), String(verdict)).toMatch(/but waited 150 ms for import job \d+ to end/)
  }
})

test('a server that is gone', async ({ ownJobs, startTiDB }) => {
  using folder = tempFolder()
  const server = await startTiDB()
  const jobs = ownJobs.on(server)
  const play = await jobs.play(jobScript('stalling-for-good.yaml'), { clock: 'manual' })
  await play.step()
  const job = play.watch('orders')
  await job.until('to run', ({ job: { status } }) => status === 'running')
  const list = await jobs.list()
  await server.stop()
  await job.until('to be out of sight', ({ gap }) => gap !== undefined)
  for (const verdict of bothWays(job, folder.path)) {
    expect(await failureOf(verdict()), String(verdict)).toMatch(/server unreachable/)
  }
  expect(await failureOf(expect(list).toHaveNoStalledImports({ idle: 200 }))).toMatch(/server unreachable/)
  expect(await failureOf(expect(list).not.toHaveNoStalledImports({ idle: 200 }))).toMatch(/server unreachable/)
})

test('a server that goes while a job is watched for a while', async ({ ownJobs, startTiDB }) => {
  const server = await startTiDB()
  const steps = 'start, { advance: { to: 100%, over: 1h, every: 50ms } }'
  const play = await ownJobs
    .on(server)
    .play(parseJobScript(`jobs: [{ name: orders, rows: 1000000, steps: [${steps}] }]`, 'moving'))
  const job = play.watch('orders')
  await job.until('to import', ({ job: { importedRows } }) => Number(importedRows) > 0)
  const options = { every: '1s', during: '1s' }
  const verdicts = [expect(job).toProgress(options), expect(job).not.toProgress(options)].map(failureOf)
  await server.stop()
  for (const said of await Promise.all(verdicts)) {
    expect(said).toMatch(/it was watched for .* of the 1 s: server unreachable/)
  }
})

test('a watch that is given up', async ({ ownJobs }) => {
  using folder = tempFolder()
  const play = await ownJobs.play(jobScript('stalling-for-good.yaml'))
  const job = play.watch('orders', { signal: AbortSignal.abort(new Error('enough')) })
  for (const verdict of bothWays(job, folder.path)) {
    expect(await failureOf(verdict()), String(verdict)).toMatch(/enough/)
  }
})

test('a job that the server forgot', async ({ ownJobs }) => {
  using folder = tempFolder()
  const play = await ownJobs.play(jobScript('vanishing.yaml'))
  const job = play.watch('orders')
  await job.ended()
  for (const verdict of bothWays(job, folder.path)) {
    expect(await failureOf(verdict()), String(verdict)).toMatch(/it vanished: the server no longer has it/)
  }
  for (const verdict of [
    async () => expect([job]).toHaveNoFailedImports(),
    async () => expect([job]).not.toHaveNoFailedImports(),
  ]) {
    expect(await failureOf(verdict())).toContain('vanished')
  }
})

test('a status that no release has', async ({ ownJobs }) => {
  using folder = tempFolder()
  const script = 'jobs: [{ name: orders, steps: [start, { set: { status: reverting } }] }]'
  const play = await ownJobs.play(parseJobScript(script, 'odd.yaml'))
  const job = play.watch('orders')
  for (const verdict of bothWays(job, folder.path, { within: 5_000 })) {
    expect(await failureOf(verdict()), String(verdict)).toMatch(/it ended as reverting/)
  }
  expect(() => expect([job]).toHaveNoFailedImports()).toThrow('reverting')
  expect(() => expect([job]).not.toHaveNoFailedImports()).toThrow('reverting')
})

test('a finished job of which the server does not say how many rows it has', async ({ ownJobs }) => {
  const script = 'jobs: [{ name: orders, steps: [start, { finish: 7, set: { summary: null } }] }]'
  const play = await ownJobs.play(parseJobScript(script, 'no-summary.yaml'))
  const job = play.watch('orders')
  await expect(job).toFinish()
  expect(await failureOf(expect(job).toHaveImported(7))).toContain('the server does not say how many')
  expect(await failureOf(expect(job).not.toHaveImported(7))).toContain('the server does not say how many')
})

test('lists: a job that the server forgets meanwhile is not stalled', async ({ ownJobs }) => {
  const script = 'jobs: [{ name: orders, steps: [start, vanish] }]'
  const play = await ownJobs.play(parseJobScript(script, 'forgotten.yaml'), { clock: 'manual' })
  await play.step()
  const list = await ownJobs.list()
  expect(list.map(({ status }) => status)).toEqual(['running'])
  await play.step()
  await expect(list).toHaveNoStalledImports({ idle: '5s' })
  expect(await failureOf(expect(list).not.toHaveNoStalledImports({ idle: '5s' }))).toContain('to be stalled')
})

test('lists: one that moves faster than it is polled is not stalled', async ({ importJobs, startTiDB }) => {
  // At the default interval, and less than that as `idle`.
  const jobs = importJobs.on(await startTiDB())
  const steps = 'start, { advance: { to: 100%, over: 20s, every: 100ms } }'
  await jobs.play(parseJobScript(`jobs: [{ name: orders, rows: 1000000, steps: [${steps}] }]`, 'fast.yaml'))
  await expect.poll(async () => (await jobs.list())[0]?.status).toBe('running')
  await expect(jobs.list()).toHaveNoStalledImports({ idle: '300ms' })
})
