import { expect, parseJobScript, type DiscoverOptions, type ImportJobs, type WatchedImportJob } from 'vitest-tidb'
import { failureOf } from '../../fixtures/failure-of.ts'
import { ownServerTest as test } from '../../fixtures/import-test.ts'

// Jobs that `discover` finds, of those that come and go.

/** The same, with polls so far apart that a job fits in between. */
const rarely = test.extend('tidbSettings', { importPollIntervalMs: 800, waitTimeoutMs: 10_000 })

/** Discovers jobs until so many were found. */
async function discovered(jobs: ImportJobs, count: number, options: DiscoverOptions = {}): Promise<WatchedImportJob[]> {
  const found: WatchedImportJob[] = []
  for await (const job of jobs.discover({ duration: '10s', ...options })) {
    found.push(job)
    if (found.length === count) break
  }
  return found
}

const script = (jobs: string) => parseJobScript(`jobs: [${jobs}]`, 'jobs.yaml')

rarely('a job that comes and goes between two polls is found', async ({ ownJobs }) => {
  const before = await ownJobs.play(script('{ name: before, steps: [start, { finish: 1 }] }'))
  await before.done
  const play = await ownJobs.play(
    script(
      '{ name: long, steps: [start] }, { name: short, rows: 5, at: 400ms, steps: [start, finish] }, { name: bad, at: 500ms, steps: [start, fail: no] }',
    ),
  )
  const found = await discovered(ownJobs, 3)
  expect(found.map(({ name }) => name)).toEqual(['`test`.`long`', '`test`.`short`', '`test`.`bad`'])
  const [, short, bad] = found as [WatchedImportJob, WatchedImportJob, WatchedImportJob]
  await expect(short).toHaveImported(5)
  await expect(short).toProgress({ every: '5s' })
  await expect(bad).toFailImport('no')
  await play.done
})

rarely('what ended before it began is not found, and numbers say nothing of which came first', async ({ ownJobs }) => {
  // As if the second were created on another node, which has a range of numbers of its own.
  const first = await ownJobs.play(
    script('{ name: first, id: 30001, steps: [start, { finish: 1 }] }, { name: on, id: 30002, steps: [start] }'),
  )
  await first.done
  const later = ownJobs.play(script('{ name: second, id: 7, at: 600ms, steps: [start, { finish: 1 }] }'))
  const found = await discovered(ownJobs, 2)
  expect(found.map(({ id }) => id)).toEqual(['30002', '7'])
  await later
})

test('a number that is used again is another job', async ({ ownJobs }) => {
  await ownJobs.play(
    script(
      '{ name: first, id: 7, steps: [start, { after: 500ms, vanish }] }, { name: second, id: 7, rows: 3, at: 1s, steps: [start, { after: 500ms, finish }] }',
    ),
  )
  const [first, second] = (await discovered(ownJobs, 2)) as [WatchedImportJob, WatchedImportJob]
  expect([first.name, second.name]).toEqual(['`test`.`first`', '`test`.`second`'])
  expect(await first.ended()).toMatchObject({ status: 'vanished', targetTable: '`test`.`first`' })
  await expect(second).toHaveImported(3)
  // Whoever asks by the number gets the one that is there.
  await expect(ownJobs.watch(7)).toHaveImported(3)
})

test('a number that is used again between two polls ends the watch of the first', async ({ ownJobs }) => {
  const play = await ownJobs.play(
    script('{ name: first, id: 7, steps: [start, vanish] }, { name: second, id: 7, at: 1h, steps: [start] }'),
    { clock: 'manual' },
  )
  await play.step('first')
  const list = await ownJobs.list()
  await play.step('first')
  await play.step('second')
  const [listed] = list
  expect(await ownJobs.watch(listed ?? 7).ended()).toMatchObject({ status: 'vanished', targetTable: '`test`.`first`' })
  await expect(list).toHaveNoStalledImports({ idle: '5s' })
})

test('a finished job that the server can not show is finished for its watch too', async ({ ownJobs }) => {
  const play = await ownJobs.play(script('{ name: orders, steps: [start, { finish: 7, set: { summary: null } }] }'))
  await expect(play.watch('orders')).toFinish()
  expect(await ownJobs.cancel(play.idOf('orders'))).toMatchObject({ status: 'finished' })
  const [listed] = await ownJobs.list()
  expect(listed).toMatchObject({ status: 'finished', importedRows: undefined })
})

test('a user who may not read the table behind is told why', async ({ ownJobs, startTiDB, tidbPool, requires }) => {
  await requires({ version: '>=8.5.6', because: 'earlier ones show a finished job without a summary' })
  const server = await startTiDB()
  await tidbPool.session('admin', server.settings).query("create user 'reader'@'%'")
  const play = await ownJobs
    .on(server)
    .play(script('{ name: mine, user: "reader@%", steps: [start, { finish: 7, set: { summary: null } }] }'))
  await play.done
  const reader = ownJobs.on({ ...server, settings: { ...server.settings, user: 'reader' } })
  expect(await failureOf(expect(reader.watch(play.idOf('mine'))).toFinish({ within: 300 }))).toMatch(
    /the server can't show it: 1105/,
  )
})
