import { vi } from 'vitest'
import { expect, ImportJob, parseJobScript, type ImportJobs, type StatementError } from 'vitest-tidb'
import { jobScript, ownServerTest as test, test as runTest } from '../../fixtures/import-test.ts'

/** A watched job's times have to be right to the second, whatever zone anybody has set. */
test.for([
  ['the zone of the session', 'set time_zone = "+09:30"'],
  ['the global zone, set after the server started', 'set global time_zone = "America/New_York"'],
  ['a zone with half an hour', 'set global time_zone = "-03:30"'],
] as const)('%s changes no instant', async ([, statement], { ownJobs, skip, startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', server.settings)
  try {
    await admin.query(statement)
  } catch (error) {
    const { errno } = error as StatementError
    skip(errno === 1298, 'the machine or image of this server has no time zone data: it knows no zone by name')
    throw error
  }
  const jobs = ownJobs.on(server)
  const play = await jobs.play(jobScript('finishing.yaml'), { speed: 20 })
  await play.done
  const [row] = await admin.query<{ at: string }>(
    'select unix_timestamp(create_time) as at from mysql.tidb_import_jobs where id = ?',
    [play.idOf('orders')],
  )
  const actual = Math.floor(Number(row?.at))
  const seconds = (time: Date | undefined) => Math.floor(Number(time) / 1_000)
  expect(seconds((await jobs.list())[0]?.createTime)).toBe(actual)
  const watched = await play.watch('orders').ended()
  expect(seconds(watched.createTime)).toBe(actual)
  // As a state of the workflow sees it, over a session with a zone of its own.
  const { jobs: seen } = await admin.checkingImportJobs()
  expect(seconds(seen[0]?.createTime)).toBe(actual)
})

test('a user who may not read the table behind gets the zone of the machine, whatever the global one', async ({
  ownJobs,
  startTiDB,
  tidbPool,
}) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', server.settings)
  await admin.query("create user 'reader'@'%'")
  const play = await ownJobs
    .on(server)
    .play(parseJobScript('jobs: [{ name: mine, user: "reader@%", steps: [start] }]', 'mine'))
  await play.done
  await admin.query('set global time_zone = "+09:30"')
  const reader = ownJobs.on({ ...server, settings: { ...server.settings, user: 'reader' } })
  const [job] = await reader.list()
  expect(job).toBeInstanceOf(ImportJob)
  expect(Math.abs(Number(job?.createTime) - Date.now())).toBeLessThan(60_000)
})

runTest(
  'in the hour that the clocks show twice, a job takes as long as it took',
  async ({ importJobs, startTiDB, tidbPool, skip }) => {
    // Times are printed in the zone of the machine as it was when the server made its tables: with arguments, it does.
    vi.stubEnv('TZ', 'America/New_York')
    const server = await startTiDB({ serverArgs: ['-L', 'warn'] }).finally(() => vi.unstubAllEnvs())
    const jobs = importJobs.on(server)
    const admin = tidbPool.session('admin', server.settings)
    const [zone] = await admin.query<{ name: string }>('select @@system_time_zone as name')
    skip(zone?.name !== 'America/New_York', `the machine of this server has no time zone data: it is in ${zone?.name}`)
    await admin.query("create user 'reader'@'%'")
    const finished = (name: string) => `{ name: ${name}, user: "reader@%", steps: [start, { finish: 1 }] }`
    const script = parseJobScript(`jobs: [${['long', 'short', 'clear'].map(finished).join(', ')}]`, 'autumn')
    const play = await jobs.play(script)
    await play.done
    await admin.query('set time_zone = "+00:00"')
    for (const [name, start, end] of [
      ['long', '05:50', '07:10'],
      ['short', '06:50', '07:10'],
      ['clear', '04:30', '04:50'],
    ] as const) {
      const times = [`2026-11-01 ${start}:00`, `2026-11-01 ${end}:00`]
      const update = 'update mysql.tidb_import_jobs set create_time = "2026-11-01 04:00", start_time = ?, end_time = ?'
      await admin.query(`${update} where id = ?`, [...times, play.idOf(name)])
    }
    const minutesOf = (job: ImportJob | undefined) => job?.durationMs && job.durationMs / 60_000
    const minutes = async (some: ImportJobs) =>
      Object.fromEntries((await some.list()).map((job) => [job.targetTable, minutesOf(job)]))
    expect(await minutes(jobs)).toEqual({ '`test`.`long`': 80, '`test`.`short`': 20, '`test`.`clear`': 20 })
    const watched = jobs.watch(play.idOf('short'))
    await expect(watched).toFinish()
    expect(minutesOf(watched.job)).toBe(20)
    // Who may not read the table behind is given no time rather than a wrong one.
    const reader = jobs.on({ ...server, settings: { ...server.settings, user: 'reader' } })
    expect(await minutes(reader)).toEqual({
      '`test`.`long`': undefined,
      '`test`.`short`': undefined,
      '`test`.`clear`': 20,
    })
  },
)
