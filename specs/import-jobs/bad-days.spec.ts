import { expect, ImportJobError, parseJobScript } from 'vitest-tidb'
import { jobScript, ownServerTest as test } from '../../fixtures/import-test.ts'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { movingServer } from '../../fixtures/moving-server.ts'

test('a job that the server forgets while it is watched has vanished', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('vanishing.yaml'))
  const job = play.watch('orders')
  expect(await job.ended()).toMatchObject({ status: 'vanished', targetTable: '`test`.`orders`' })
  await expect(expect(job).toFinish()).rejects.toThrow(/but it vanished: the server no longer has it/)
  expect(job.record({ run: 'r', serverVersion: 'v' }).outcome).toBe('vanished')
})

test('a statement that fails as a whole is outlived, and the time line says so', async ({ ownJobs }) => {
  const play = await ownJobs.play(jobScript('losing-its-task.yaml'))
  const job = play.watch('orders')
  const gap = await job.until('to be out of sight', (snapshot) => snapshot.gap !== undefined)
  expect(gap.gap).toMatch(/the server can't show it: 1105 .*task not found/)
  await expect(job).toFinish()
  expect(job.timeLine()).toMatch(
    /no task +the server can't show it[^]*reconnected +seen again after [\d.]+ m?s[^]*finished/,
  )
})

test('jobs are listed beside one that makes the statement fail', async ({ ownJobs }) => {
  const healthy = await ownJobs.play(jobScript('stalling-for-good.yaml'), { clock: 'manual' })
  await healthy.step('orders')
  await healthy.step('orders')
  const finished = await ownJobs.play(jobScript('finishing.yaml'), { speed: 20 })
  await finished.done
  const lost = await ownJobs.play(
    parseJobScript('jobs: [{ name: lost, table: lost, steps: [{ start: importing }, lose-task] }]', 'lost.yaml'),
  )
  await lost.done
  const list = await ownJobs.list()
  const byTable = Object.fromEntries(list.map(({ id, ...job }) => [id, job]))
  expect(byTable[healthy.idOf('orders')]).toMatchObject({ status: 'running', importedRows: 300_000 })
  expect(byTable[finished.idOf('orders')]).toMatchObject({
    status: 'finished',
    importedRows: 1_000_000,
    dataSource: 's3://bucket/orders.csv',
    createdBy: 'root@%',
  })
  expect(byTable[lost.idOf('lost')]).toMatchObject({ status: 'running', phase: 'importing', importedRows: undefined })
  // The same of a finished job as the statement shows it once it works again.
  await ownJobs.cancel(healthy.idOf('orders'))
  const before = byTable[finished.idOf('orders')]
  await lost[Symbol.asyncDispose]()
  const shown = (await ownJobs.list()).find(({ id }) => id === finished.idOf('orders'))
  expect(before?.createTime?.getTime()).toBe(shown?.createTime?.getTime())
  expect(before?.endTime?.getTime()).toBe(shown?.endTime?.getTime())
  expect(shown?.sourceFileSize).toBe(before?.sourceFileSize)
})

test('discovery goes on beside a job that makes the statement fail', async ({ ownJobs }) => {
  await ownJobs.play(parseJobScript('jobs: [{ name: lost, table: lost, steps: [start, lose-task] }]', 'lost.yaml'))
  await ownJobs.play(jobScript('stalling-for-good.yaml'))
  const found = new Set<string>()
  for await (const job of ownJobs.discover({ duration: '5s' })) {
    found.add(job.name)
    if (found.size === 2) break
  }
  expect(found).toEqual(new Set(['`test`.`lost`', '`test`.`orders`']))
})

test('a user without the table behind is told why nothing can be listed', async ({ ownJobs, startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', server.settings)
  await admin.query("create user 'reader'@'%'")
  const script = parseJobScript('jobs: [{ name: lost, user: reader@%, steps: [start, lose-task] }]', 'lost.yaml')
  await (
    await ownJobs.on(server).play(script)
  ).done
  const reader = ownJobs.on({ ...server, settings: { ...server.settings, user: 'reader' } })
  await expect(reader.list()).rejects.toThrow(/can't list its import jobs[^]*task not found/)
})

test('other users see their own jobs only, and are told so', async ({ ownJobs, startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', server.settings)
  await admin.query("create user 'reader'@'%'")
  const all = ownJobs.on(server)
  const play = await all.play(
    parseJobScript(
      'jobs: [{ name: mine, user: "reader@%", steps: [start] }, { name: other, steps: [start] }]',
      'two.yaml',
    ),
  )
  await play.done
  const reader = ownJobs.on({ ...server, settings: { ...server.settings, user: 'reader' } })
  const list = await reader.list()
  expect(list.map(({ createdBy }) => createdBy)).toEqual(['reader@%'])
  expect(list).toMatchObject({ view: 'own', user: 'reader@%' })
  expect(list.describeView()).toBe('only jobs of reader@%, who has no SUPER')
  expect(await all.list()).toMatchObject({ view: 'all' })
  await expect(reader.watch(play.idOf('mine')).until('to be seen', () => true)).resolves.toBeDefined()
  const refused: unknown = await reader
    .watch(play.idOf('other'))
    .ended()
    .catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(ImportJobError)
  expect(refused).toMatchObject({
    errno: 1227,
    message: expect.stringMatching(/belongs to another user[^]*SUPER/) as string,
  })
  await expect(reader.cancel(play.idOf('other'))).rejects.toMatchObject({ errno: 1227 })
  await admin.query("grant super on *.* to 'reader'@'%'")
  await expect.poll(async () => (await reader.list()).view).toBe('all')
})

test('a server that refuses the connection ends the watch with what it said', async ({ ownJobs, startTiDB }) => {
  const server = await startTiDB()
  const stranger = ownJobs.on({ ...server, settings: { ...server.settings, user: 'nobody' } })
  const error: unknown = await stranger
    .watch(1)
    .ended()
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ errno: 1045, code: 'TIDB_IMPORT_JOB_FAILED' })
  await expect(async () => {
    for await (const _ of stranger.discover({ duration: '5s' }));
  }).rejects.toMatchObject({ errno: 1045 })
})

test('a server that dies for good is named in the error of the deadline', async ({ ownJobs, startTiDB }) => {
  const server = await startTiDB()
  const jobs = ownJobs.on(server)
  const play = await jobs.play(jobScript('stalling-for-good.yaml'), { clock: 'manual' })
  const job = play.watch('orders')
  await job.until('to be seen', () => true)
  await server.stop()
  await job.until('to be out of sight', ({ gap }) => gap !== undefined)
  await expect(job.ended({ within: 200 })).rejects.toThrow(/waited 200 ms .*server unreachable: /)
})

test(
  'a server that is restarted in the middle of a watch',
  { timeout: 180_000 },
  async ({ ownJobs, startTiDB, skip }) => {
    const reason = await whyNoBinary()
    skip(reason !== undefined, reason)
    await using server = await movingServer()
    const { host, port } = server
    const own = await startTiDB()
    const jobs = ownJobs.on({ ...own, host, port, settings: { ...own.settings, host, port } })
    const play = await jobs.play(jobScript('finishing.yaml'), { clock: 'manual' })
    await play.step()
    await play.step()
    const job = play.watch('orders', { within: '30s' })
    await job.until('to import a quarter', ({ job: { importedRows } }) => importedRows === 250_000)
    await server.kill()
    const gap = await job.until('to be out of sight', (snapshot) => snapshot.gap !== undefined)
    expect(gap.job).toMatchObject({ status: 'running', importedRows: 250_000 })
    await server.start()
    const back = await job.until('to be seen again', (snapshot) => snapshot.gap === undefined)
    expect(back.job).toMatchObject({ status: 'running', importedRows: 250_000 })
    expect(job.timeLine()).toMatch(/unreachable +server unreachable: [^]*reconnected +seen again after [\d.]+ m?s/)
    expect(await jobs.cancel(job)).toMatchObject({ status: 'cancelled' })
    await expect(job).toBeCancelled()
  },
)

test(
  'ten thousand jobs of long ago are listed, and are no burden to a watch',
  { timeout: 180_000 },
  async ({ ownJobs }) => {
    const old = await ownJobs.play(jobScript('ten-thousand-old.yaml'))
    await old.done
    const list = await ownJobs.list()
    expect(list).toHaveLength(10_000)
    expect(list.every(({ status, durationMs }) => status === 'finished' && durationMs === 90_000)).toBe(true)
    expect(list).toHaveNoFailedImports()
    await expect(ownJobs.list()).toHaveNoStalledImports()
    const play = await ownJobs.play(jobScript('finishing.yaml'), { speed: 2 })
    await expect(play.watch('orders')).toFinish()
  },
)

test('a message of the server goes into errors as it is, and into the time line in one line', async ({ ownJobs }) => {
  const play = await ownJobs.play(
    parseJobScript(
      JSON.stringify({ jobs: [{ name: 'loud', steps: ['start', { fail: `<b>no</b>\n${'long '.repeat(2_000)}` }] }] }),
      'loud.json',
    ),
  )
  const job = play.watch('loud')
  await expect(job).toFailImport('<b>no</b>')
  const [, ...lines] = job.timeLine().split('\n')
  // Each begins with its time: none is the message going on.
  expect(lines).toEqual(lines.map(() => expect.stringMatching(/^ +[\d.]+ m?s +[a-z]+ +\S/)))
  expect(lines.at(-1)).toContain('ended ')
  expect(job.timeLine().length).toBeLessThan(1_000)
  expect(job.record({ run: 'r', serverVersion: 'v' }).message).toMatch(/^<b>no<\/b>\nlong /)
})

test('a status that no release has ends the watch, by its name', async ({ ownJobs }) => {
  const play = await ownJobs.play(
    parseJobScript('jobs: [{ name: orders, steps: [start, { set: { status: reverting } }] }]', 'odd.yaml'),
    { clock: 'manual' },
  )
  const job = play.watch('orders')
  await play.step()
  await job.until('to run', ({ job: { status } }) => status === 'running')
  await play.step()
  await expect(expect(job).toFinish()).rejects.toThrow(/to finish, but it ended as reverting with 0 rows/)
  expect(job.record({ run: 'r', serverVersion: 'v' })).toMatchObject({ outcome: 'reverting', rows: 0 })
})

test('a job that awaits resolution has failed for every list, and may go on for its watch', async ({ ownJobs }) => {
  const play = await ownJobs.play(
    parseJobScript(
      'jobs: [{ name: orders, steps: [start, { set: { status: awaiting-resolution } }, { set: { status: running } }, finish] }]',
      'stuck.yaml',
    ),
    { clock: 'manual' },
  )
  const job = play.watch('orders')
  await play.step()
  await play.step()
  await job.until('to be stuck', ({ job: { status } }) => status === 'awaiting-resolution')
  const list = await ownJobs.list()
  expect(() => expect(list).toHaveNoFailedImports({ since: '1h' })).toThrow('1 of 1 did')
  await expect(expect(list).toHaveNoStalledImports({ idle: 200 })).rejects.toThrow('1 of 1 running jobs are')
  await play.step()
  await play.step()
  await expect(job).toFinish()
})
