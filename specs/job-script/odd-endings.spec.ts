import { expect, parseJobScript, playJobScript, test as base } from 'vitest-tidb'
import { show } from './show.ts'

// Endings that no server of today has, through the raw columns: what watches import jobs is to survive them.

const test = base.extend('playText', ({ startTiDB, tidbPool }, { onCleanup }) => async (text: string) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', server.settings)
  const options = { querier: session, database: 'test', ours: true, clock: 'manual' } as const
  const play = await playJobScript(parseJobScript(text), options)
  onCleanup(() => play.stop())
  return { session, play, id: play.jobs.get('orders')?.id, server }
})

test('any status, phase and message', async ({ playText }) => {
  const { session, play, id } = await playText(`
jobs:
  - name: orders
    steps:
      - start
      - set: { status: paused, step: '<b>thinking</b>', error_message: "a\\0b 'c' \\"d\\" \\\\ \\n🚨" }
`)
  await play.step()
  await play.step()
  expect(await show(session, id)).toMatchObject({
    status: 'paused',
    phase: '<b>thinking</b>',
    message: 'a\0b \'c\' "d" \\ \n🚨',
  })
})

test('a message of 60 kB', async ({ playText }) => {
  const message = '0123456789'.repeat(6_000)
  const { session, play, id } = await playText(
    `{"jobs": [{"name": "orders", "steps": ["start", {"fail": "${message}"}]}]}`,
  )
  await play.step()
  await play.step()
  expect(await show(session, id)).toMatchObject({ status: 'failed', message })
})

test('counts beyond 2^53', async ({ playText }) => {
  const { session, play, id } = await playText(`
jobs:
  - { name: orders, rows: 9223372036854775807, size: 9223372036854775807, steps: [start, advance: 9007199254740993, finish] }
`)
  await play.step()
  await play.step()
  expect(await show(session, id)).toMatchObject({ rows: '9007199254740993' })
  await play.step()
  expect(await show(session, id)).toMatchObject({ status: 'finished', rows: '9223372036854775807' })
})

test('an end without a start, a way back to pending, rows that go back', async ({ playText }) => {
  const { session, play, id } = await playText(`
jobs:
  - name: orders
    rows: 100
    steps: [finish, pending, start, advance: 60, advance: 50, advance: '+25%', fail]
`)
  await play.step()
  expect(await show(session, id)).toMatchObject({ status: 'finished', rows: 100, started: false, ended: true })
  await play.step()
  expect(await show(session, id)).toMatchObject({ status: 'pending', rows: null, started: false, ended: false })
  for (const rows of [0, 60, 50, 75]) {
    await play.step()
    expect(await show(session, id)).toMatchObject({ status: 'running', rows })
  }
  await play.step()
  expect(await show(session, id)).toMatchObject({ status: 'failed', message: '' })
})

test('a job that comes back, and a number that is used again', async ({ playText }) => {
  const { session, play, id } = await playText(`
jobs:
  - { name: orders, id: 4711, steps: [start, vanish, reappear, vanish] }
  - { name: invoices, id: 4711, at: 1s, user: bob@%, steps: [start] }
`)
  await play.step('orders')
  await play.step('orders')
  await expect(show(session, id)).toFailWith(8170)
  await play.step('orders')
  expect(await show(session, id)).toMatchObject({ status: 'running', rows: 0 })
  await play.step('orders')
  await play.step('invoices')
  await play.step('invoices')
  expect(await session.query('show import jobs')).toMatchObject([
    { Job_ID: 4711, Target_Table: '`test`.`invoices`', Status: 'running', Created_By: 'bob@%' },
  ])
})

test('what makes the statement fail as a whole', async ({ playText }) => {
  const { session, play } = await playText(`
jobs:
  - name: orders
    steps:
      - start
      - set-subtask: { meta: no JSON }
      - set-subtask: { meta: '{"Result":{"LoadedRowCnt":7}}' }
      - set-task: { meta: no JSON }
      - set-task: { meta: '{}' }
      - set: { parameters: no JSON }
      - set: { parameters: '{}' }
      - set: { status: finished, summary: no JSON }
      - set: { summary: '{}' }
`)
  await play.step()
  for (const what of ['a subtask', 'a task', 'its parameters', 'its summary']) {
    await play.step()
    await expect(session.query('show import jobs'), what).rejects.toThrow()
    await play.step()
    expect(await session.query('show import jobs'), what).toHaveLength(1)
  }
})

test('times that run backwards, and a job of long ago that still runs', async ({ playText }) => {
  const { session, id } = await playText(`
jobs:
  - { name: orders, age: 30d, rows: 10, set: { create_time: in 1h }, steps: [start, advance: 50%] }
`)
  expect(await show(session, id)).toMatchObject({ status: 'running', rows: 5 })
  const [times] = await session.query(
    `select create_time > start_time as backwards, start_time between now(6) - interval 31 day and now(6) - interval 29 day
      as longago from mysql.tidb_import_jobs`,
  )
  expect(times).toEqual({ backwards: 1, longago: 1 })
})

test('a job of another user is not shown to one without SUPER', async ({ playText, tidbPool }) => {
  const { session, server } = await playText(`
jobs:
  - { name: orders, user: reader@% }
  - { name: invoices }
`)
  await session.query('create user reader')
  const reader = tidbPool.session('reader', { ...server.settings, user: 'reader' })
  expect(await reader.query('show import jobs')).toMatchObject([{ Target_Table: '`test`.`orders`' }])
})
