import { DeadlineError, expect, test, type StatementError } from 'vitest-tidb'
import { stallingServer } from '../../fixtures/stalling-server.ts'

// A connection works on one statement at a time: the others wait in the client.

test('a statement that is given up before it was sent is not sent, and the one before it goes on', async ({ tidb }) => {
  await tidb.query('create table item (id int primary key)')
  const slow = tidb.query<{ slept: number }>('select sleep(0.3) as slept')
  const late = tidb.query('insert into item values (1)', [], { within: '50ms' })
  await expect(late).rejects.toThrow(DeadlineError)
  expect(await slow).toEqual([{ slept: 0 }])
  expect(await tidb.query('select * from item')).toEqual([])
})

test('a signal ends the one that was sent in the server, and those that were not are never sent', async ({
  tidb,
  tidbPool,
}) => {
  await tidb.query('create table item (id int primary key)')
  const bob = tidbPool.session('bob')
  await bob.connecting()
  const { signal, abort } = abortable()
  const work = [bob.query('select sleep(10)', [], { signal }), bob.query('insert into item values (1)', [], { signal })]
  await expect
    .poll(() => tidb.query("select 1 from information_schema.processlist where info = 'select sleep(10)'"))
    .toHaveLength(1)
  abort()
  for (const result of await Promise.allSettled(work)) expect(String(result.status)).toBe('rejected')
  expect(await bob.query('select * from item')).toEqual([])
})

test('a connection that is lost fails each of them, and leaves no doubt about those that were not sent', async ({
  tidb,
  tidbPool,
  tidbServer,
}) => {
  await tidb.query('create table item (id int primary key)')
  await using server = await stallingServer(tidbServer)
  server.swallows = /values \(1\)/
  const { host, port } = server
  const bob = tidbPool.session('bob', { host, port })
  await bob.connecting()
  const work = [bob.query('insert into item values (1)'), bob.query('insert into item values (2)')]
  const settled = Promise.allSettled(work)
  await expect.poll(() => server.swallowed).toBe(1)
  server.cut()
  const [first, second] = (await settled).map((result) => (result as PromiseRejectedResult).reason as StatementError)
  expect(first?.outcomeUnknown).toBe(true)
  expect(second?.outcomeUnknown).toBe(false)
  expect(second?.message).toMatch(/^statement not sent [^]*the connection was lost before/)
})

function abortable() {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort(new Error('enough')) }
}
