import { AbortedError, expect, JobScriptError, loadJobScript, parseJobScript, playJobScript, test } from 'vitest-tidb'
import { countRows, NO_ROWS } from './show.ts'

const several = new URL('../../fixtures/import-jobs/several.yaml', import.meta.url)
const endless = parseJobScript('jobs: [{name: orders, steps: [start, {stall: 60d}, finish]}]', 'endless.yaml')

test('nothing is written to a server that is not ours', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', server.settings)
  const play = playJobScript(await loadJobScript(several), { querier: session, database: 'test', ours: false })
  await expect(play).rejects.toThrow(JobScriptError)
  await expect(play).rejects.toThrow(/several\.yaml was not played: this run did not start the server/)
  expect(await countRows(session)).toEqual(NO_ROWS)
})

test('nothing is written of a script that can not be played', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', server.settings)
  const script = await loadJobScript(several)
  await expect(playJobScript(script, { querier: session, ours: true })).rejects.toThrow(
    'job "orders" has no database: give it one, or play it into one',
  )
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(playJobScript(script, { querier: session, database: 'test', ours: true, signal })).rejects.toThrow(
    /gave up playing the job script .*several\.yaml: enough/,
  )
  await expect(playJobScript(script, { querier: session, database: 'test', ours: true, speed: 0 })).rejects.toThrow(
    'speed is 0; allowed: a number above 0',
  )
  expect(await countRows(session)).toEqual(NO_ROWS)
})

test('a play that is stopped takes its rows with it, and no others', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', server.settings)
  const options = { querier: session, database: 'test', ours: true, clock: 'manual' } as const
  const other = await playJobScript(endless, options)
  const others = await countRows(session)
  const play = await playJobScript(await loadJobScript(several), options)
  await play.step('orders', 'invoices')
  await play.step('customers')
  await session.query('cancel import job ?', [Number(play.jobs.get('returns')?.id)])
  // The server puts away the task of a job that is over: it has to be removed from there.
  await expect.poll(() => countRows(session)).toMatchObject({ tidb_global_task_history: 1 })
  expect(await countRows(session)).not.toEqual(others)
  await play.stop()
  expect(await countRows(session)).toEqual(others)
  await expect(play.done).rejects.toThrow(/several\.yaml was stopped before its end/)
  await expect(play.step()).rejects.toThrow(AbortedError)
  await other.stop()
  expect(await countRows(session)).toEqual(NO_ROWS)
  await other.stop()
})

test('the task of a job is lost and its row raw, and still all is removed', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', server.settings)
  const script = parseJobScript(`
jobs:
  - name: orders
    set: { parameters: 'no JSON' }
    steps: [start, lose-task, vanish, reappear]
`)
  const play = await playJobScript(script, { querier: session, database: 'test', ours: true, clock: 'manual' })
  for (const _ of ['start', 'lose-task', 'vanish', 'reappear']) await play.step()
  expect(await countRows(session)).toEqual({ ...NO_ROWS, tidb_import_jobs: 1 })
  await play.stop()
  expect(await countRows(session)).toEqual(NO_ROWS)
})

test('no running job is ever seen without its task', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const [session, watcher] = [tidbPool.session('admin', server.settings), tidbPool.session('watcher', server.settings)]
  const script = parseJobScript('jobs: [{name: orders, repeat: 500, age: 1d, steps: [start]}]')
  let created = false
  const playing = playJobScript(script, { querier: session, database: 'test', ours: true }).finally(() => {
    created = true
  })
  const seen = new Set<unknown>()
  while (!created) for (const { Status } of await watcher.query('show import jobs')) seen.add(Status)
  await using _ = await playing
  for (const { Status } of await watcher.query('show import jobs')) seen.add(Status)
  expect(seen).toContain('running')
})

test('a play that is aborted while it begins leaves nothing', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const [session, watcher] = [tidbPool.session('admin', server.settings), tidbPool.session('watcher', server.settings)]
  const script = await loadJobScript(new URL('../../fixtures/import-jobs/ten-thousand-old.yaml', import.meta.url))
  const controller = new AbortController()
  const { signal } = controller
  const refused = expect(
    playJobScript(script, { querier: session, database: 'test', ours: true, signal }),
  ).rejects.toThrow('gave up playing the job script')
  await expect.poll(() => countRows(watcher)).not.toEqual(NO_ROWS)
  controller.abort(new Error('enough'))
  await refused
  expect(await countRows(watcher)).toEqual(NO_ROWS)
})

test('a play ends when it is aborted, within a stall of two months', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', server.settings)
  const controller = new AbortController()
  const { signal } = controller
  await using play = await playJobScript(endless, { querier: session, database: 'test', ours: true, signal })
  await expect.poll(() => session.query('show import jobs')).toMatchObject([{ Status: 'running' }])
  controller.abort(new Error('enough'))
  await expect(play.done).rejects.toThrow('gave up playing the job script endless.yaml: enough')
  await play.stop()
  expect(await countRows(session)).toEqual(NO_ROWS)
})

test('a step that the server refuses ends the play, and names it', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', server.settings)
  const script = parseJobScript(
    `jobs: [{name: one, id: 7, steps: [start, {set: {end_time: '2026-99-99 00:00:00'}}]}, {name: two, id: 7, at: 1s}]`,
    'taken.yaml',
  )
  const options = { querier: session, database: 'test', ours: true, clock: 'manual' } as const
  const play = await playJobScript(script, options)
  await expect(play.step('two')).rejects.toThrow(
    /taken\.yaml could not be continued from job "two", \(being created\)[^]*1062/,
  )
  await expect(play.done).rejects.toThrow(JobScriptError)
  await play.stop()
  await using again = await playJobScript(script, options)
  await again.step('one')
  await expect(again.step('one')).rejects.toThrow(/job "one", step 2 \(set\)[^]*1292/)
})

test('when a number is taken, the job that has it stays', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', server.settings)
  const script = parseJobScript('jobs: [{name: one, id: 7}]')
  await using first = await playJobScript(script, { querier: session, database: 'test', ours: true })
  await first.done
  await expect(playJobScript(script, { querier: session, database: 'test', ours: true })).rejects.toThrow('1062')
  expect(await session.query('show import jobs')).toMatchObject([{ Job_ID: 7 }])
})

test('a server that goes away ends the play, and its rows can be removed later', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', server.settings)
  const victim = tidbPool.session('victim', server.settings)
  const script = parseJobScript('jobs: [{name: orders, steps: [start, {advance: {to: 1000, over: 60s, every: 20ms}}]}]')
  const play = await playJobScript(script, { querier: victim, database: 'test', ours: true })
  await session.query('kill tidb ?', [victim.connectionId])
  await expect(play.done).rejects.toThrow(/could not be continued from job "orders", step \d[^]*stop\(\{ querier \}\)/)
  // No second error for what `done` has told.
  await play.stop()
  expect(await countRows(session)).toMatchObject({ tidb_import_jobs: 1 })
  await play.stop({ querier: session })
  expect(await countRows(session)).toEqual(NO_ROWS)
})

test('a server that is stopped ends the play', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const session = tidbPool.session('admin', server.settings)
  const script = parseJobScript('jobs: [{name: orders, steps: [start, {advance: {to: 1000, over: 60s, every: 20ms}}]}]')
  await using play = await playJobScript(script, { querier: session, database: 'test', ours: true })
  await server.stop()
  await expect(play.done).rejects.toMatchObject({
    code: 'TIDB_JOB_SCRIPT_INVALID',
    host: `${server.host}:${server.port}`,
  })
})
