import { vi } from 'vitest'
import { expect, test } from 'vitest-tidb'
import { ddlQueueMoving } from 'vitest-tidb/checks'

test('no DDL job is stuck', async ({ tidb }) => {
  expect(await ddlQueueMoving(tidb, { stuckAfter: '10m' })).toEqual([])
})

test('a DDL job held up by an open transaction is found', async ({ tidb, tidbPool, database }) => {
  const [writer, owner] = await tidbPool.sessions('writer', 'owner')
  await owner.query('create table account (id int primary key)')
  await writer.query('begin')
  await writer.query('insert into account values (1)')
  const alter = owner.query('alter table account add column balance int')
  // Other files run DDL on the same server: only this test's own job counts.
  const mine = async () =>
    (await ddlQueueMoving(tidb, { stuckAfter: 0 })).filter(({ message }) => message.includes(`on ${database}.account`))
  await vi.waitUntil(async () => (await mine()).length > 0, { timeout: 5_000, interval: 20 })
  expect(await mine()).toEqual([
    expect.objectContaining({ check: 'ddl-queue-moving', message: expect.stringMatching(/^add column on /) as string }),
  ])
  await writer.query('commit')
  await alter
  expect(await mine()).toEqual([])
})
