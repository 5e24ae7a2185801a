import { expect, ImportJob, parseJobScript, type StatementError } from 'vitest-tidb'
import { jobScript, ownServerTest as test } from '../../fixtures/import-test.ts'

/** A watched job's times are to be right to the second, whatever zone anybody has set. */
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

test('a user who may not read the table behind gets the zone that the server declares', async ({
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
  const reader = ownJobs.on({ ...server, settings: { ...server.settings, user: 'reader' } })
  const [job] = await reader.list()
  expect(job).toBeInstanceOf(ImportJob)
  expect(Math.abs(Number(job?.createTime) - Date.now())).toBeLessThan(60_000)
})
