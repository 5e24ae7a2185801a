import { expect, type WatchedImportJob, parseJobScript } from 'vitest-tidb'
import { failureOf } from '../../fixtures/failure-of.ts'
import { jobScript, ownServerTest as test } from '../../fixtures/import-test.ts'

const inOrder = (...lines: string[]) => new RegExp(lines.join('[^]*'))

test('a job that finishes', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('finishing.yaml'), { clock: 'manual' })
  const job = play.watch('orders')
  // Each step after the one before was seen: a machine under load sees less of what goes by itself.
  await job.until('to be seen pending', ({ job: { status } }) => status === 'pending')
  await play.step()
  await job.until('to be seen running', ({ job: { status } }) => status === 'running')
  for (let step = 0; step < 4; step += 1) await play.step()
  await expect(job).toFinish({ within: '8s' })
  await expect(job).toHaveImported(1_000_000)
  await expect(job).toHaveImported(1_000_000n)
  await expect(job).toHaveImported({ min: 900_000 })
  await expect(job).toHaveImported({ max: 1_000_000 })
  await expect(job).toHaveImported([1, 1_000_000])
  await expect(job).not.toHaveImported(7)
  await expect(job).not.toFailImport()
  await expect(job).not.toBeCancelled()
  expect(await failureOf(expect(job).toHaveImported(7))).toMatch(
    inOrder(
      String.raw`expected import job \d+ \(orders\) to have imported 7 rows, but it finished with 1,000,000 rows`,
      'seen .*pending',
      'status +running',
      'phase +importing',
      'ended +finished, 1,000,000 rows',
    ),
  )
  expect(await failureOf(expect(job).toHaveImported({ min: 1_000_001 }))).toContain('1,000,001 or more rows')
  expect(await failureOf(expect(job).toFailImport(/disk/))).toContain('to fail with /disk/, but it finished')
  expect(await failureOf(expect(job).not.toFinish())).toContain('not to finish, but it finished')
})

test('a job that fails shows its whole time line and what the server said', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('failing.yaml'), { clock: 'manual' })
  const job = play.watch('orders')
  await play.step()
  await play.step()
  await job.until('to import half', ({ job: { importedRows } }) => importedRows === 500_000)
  await play.step()
  const failure = await failureOf(expect(job).toFinish({ within: '8s' }))
  expect(failure).toMatch(
    inOrder(
      'to finish, but it failed with 500,000 rows',
      String.raw`server said: \[Lightning:Restore:ErrEncodeKV\]<script>`,
      // Whether it is still pending when it is first seen is chance.
      'seen .*',
      'running',
      'ended +failed, 500,000 rows: .Lightning',
    ),
  )
  await expect(job).toFailImport()
  await expect(job).toFailImport('ErrEncodeKV')
  await expect(job).toFailImport(/value out of range/g)
  await expect(job).toFailImport(/value out of range/g)
  await expect(job).not.toFailImport(/duplicate/)
  await expect(job).not.toHaveImported({ min: 0 })
  expect(await failureOf(expect(job).toBeCancelled())).toContain('to be cancelled, but it failed')
})

test('a job that is cancelled, by CANCEL IMPORT JOB', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('stalling-for-good.yaml'))
  const job = play.watch('orders')
  await job.until('to run', ({ job: { status } }) => status === 'running')
  expect(await ownJobs.cancel(job)).toMatchObject({ status: 'cancelled', resultMessage: 'cancelled by user' })
  await expect(job).toBeCancelled()
  expect(await failureOf(expect(job).toFinish())).toContain('but it was cancelled')
  // Once more is no harm, and no error.
  expect(await ownJobs.cancel(job)).toMatchObject({ status: 'cancelled' })
})

test('a job that does not end in time', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('stalling-for-good.yaml'))
  const job = play.watch('orders')
  await job.until('to run', ({ job: { status } }) => status === 'running')
  const failure = await failureOf(expect(job).toFinish({ within: 300 }))
  expect(failure).toMatch(/but waited 300 ms for import job \d+ to end: .*running/)
  expect(failure).toContain('seen')
})

test('a job that goes without progress for too long', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('stalling-for-good.yaml'))
  const job = play.watch('orders')
  const failure = await failureOf(expect(job).toProgress({ every: '300ms' }))
  const [, time, unit] = /there was no progress for ([\d.]+) (m?s)/.exec(failure) ?? []
  expect(Number(time) * (unit === 's' ? 1_000 : 1)).toBeGreaterThanOrEqual(300)
})

test('a job that progresses all the way', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('nightly.yaml'))
  await expect(play.watch('orders')).toProgress({ every: '5s', within: '9s' })
})

test('a job that progresses until it fails does not pass', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('failing.yaml'))
  expect(await failureOf(expect(play.watch('orders')).toProgress({ every: '5s' }))).toContain('but it failed')
})

test('what is no watched job is told apart from one', async ({ ownJobs }) => {
  const { id } = ownJobs.watch(1)
  for (const received of [id, undefined, {}, await ownJobs.list()]) {
    await expect(expect(received).toFinish()).rejects.toThrow(TypeError)
  }
})

test('an assertion on a job that there is not fails with what the server said', async ({ ownJobs }) => {
  expect(await failureOf(expect(ownJobs.watch(999)).toFinish())).toMatch(/there is no import job 999[^]*8170/)
  expect(await failureOf(expect(ownJobs.watch(999)).not.toFinish())).toContain('there is no import job 999')
})

test('rows beyond what a number holds exactly are compared exactly', async ({ ownJobs }) => {
  const play = await ownJobs.play(
    parseJobScript('jobs: [{ name: big, steps: [start, { finish: 9007199254740993 }] }]', 'big.yaml'),
  )
  const job = play.watch('big')
  await expect(job).toHaveImported(9_007_199_254_740_993n)
  await expect(job).not.toHaveImported(9_007_199_254_740_992n)
  expect(job.record({ run: 'r', serverVersion: 'v' }).rows).toBe('9007199254740993')
})

test('lists: what failed since then, and which jobs were seen', async ({ ownJobs }) => {
  await ownJobs.play(jobScript('failing.yaml'), { speed: 4 }).then(({ done }) => done)
  const list = await ownJobs.list()
  expect(list).toMatchObject({ view: 'all', user: 'root@%' })
  expect(await failureOf(Promise.resolve(expect(ownJobs.list()).toHaveNoFailedImports()))).toMatch(
    /1 of 1 did \(seen: all jobs of the cluster\)\n  import job \d+ into[^]*server said: \[Lightning/,
  )
  expect(() => expect(list).toHaveNoFailedImports({ since: '1h' })).toThrow('no import to have failed since')
  expect(list).toHaveNoFailedImports({ since: 0 })
  expect(list).not.toHaveNoFailedImports({ since: new Date(0) })
  expect(list.filter(({ status }) => status === 'finished')).toHaveNoFailedImports()
})

test('lists: what does not move', async ({ ownJobs }) => {
  const stalled = await ownJobs.play(jobScript('stalling-for-good.yaml'))
  await stalled.done
  expect(await failureOf(expect(ownJobs.list()).toHaveNoStalledImports({ idle: 500 }))).toMatch(
    /1 of 1 running jobs are[^]*seen .*running/,
  )
  await ownJobs.cancel(stalled.idOf('orders'))
  const moving = await ownJobs.play(jobScript('nightly.yaml'))
  await moving.watch('orders').until('to run', ({ job: { status } }) => status === 'running')
  await expect(ownJobs.list()).toHaveNoStalledImports({ idle: '10s' })
})

test('fits the types', () => {
  const job = {} as WatchedImportJob
  const typed = () => [expect(job).toFinish(), expect(job).toKeepPace({ tolerance: 0.1 })] as Promise<void>[]
  expect(typed).toBeTypeOf('function')
})

test('a job that still makes progress has not finished', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('nightly.yaml'))
  const failure = await failureOf(expect(play.watch('orders')).toProgress({ every: '10s', within: 200 }))
  expect(failure).toMatch(/but waited 200 ms for import job/)
})

test('of a job that nobody could see, nothing is known', async ({ ownJobs, startTiDB }) => {
  const server = await startTiDB()
  await server.stop()
  const job = ownJobs.on(server).watch(1)
  const options = { every: '300ms', during: '300ms' }
  for (const verdict of [expect(job).toProgress(options), expect(job).not.toProgress(options)]) {
    expect(await failureOf(verdict)).toMatch(/watched for 0 ms of the 300 ms: .* not seen yet \(server unreachable: /)
  }
})

test('what is held against one watch of a job is held against the job, and against no other', async ({ ownJobs }) => {
  const stalled = await ownJobs.play(jobScript('stalling-for-good.yaml'))
  const finished = await ownJobs.play(jobScript('finishing.yaml'), { speed: 10 })
  const fault = await failureOf(expect(stalled.watch('orders', { cancelAtEnd: true })).toFinish({ within: 100 }))
  await stalled.watch('orders').until('to be seen', () => true)
  await expect(finished.watch('orders', { name: 'others' })).toFinish()
  const [left] = await ownJobs.cancelLeftovers()
  expect(left).toMatch(/the test left import job \d+ \(orders\) running: it was cancelled/)
  const records = ownJobs.records({ run: 'r', serverVersion: 'v' })
  expect(records.map(({ name, faults }) => [name, faults])).toEqual([
    ['orders', [fault.split('\n')[0], left]],
    ['others', []],
  ])
})
