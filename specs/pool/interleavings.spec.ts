import { expect, parseScript, test, type InterleavingPlan } from 'vitest-tidb'

const transfer: InterleavingPlan = {
  once: ['create table t (id int primary key, v int)'],
  setup: ['delete from t', 'insert into t values (1, 10), (2, 20)'],
  sessions: {
    alice: { setup: ['begin'], steps: { a1: 'update t set v = 11 where id = 1', a2: 'commit' } },
    bob: { setup: ['begin'], steps: { b1: 'update t set v = v + 1 where id = 1', b2: 'commit' } },
  },
  final: 'select * from t order by id',
  expected: {
    'a1 b1 a2 b2': { b1: 'blocked until a2, then 1 row', final: 'id=1 v=12; id=2 v=20' },
    'b1 a1 b2 a2': { a1: 'blocked until b2, then 1 row', final: 'id=1 v=11; id=2 v=20' },
    'a1 a2 b1 b2': { b1: '1 row', final: 'id=1 v=12; id=2 v=20' },
  },
}

test('one order: a step that waits is recognised, and goes on after what released it', async ({ tidbPool }) => {
  const run = await tidbPool.interleave(transfer, ['a1', 'b1', 'a2', 'b2'])
  expect(run.outcome).toEqual({
    a1: '1 row',
    b1: 'blocked until a2, then 1 row',
    a2: 'ok',
    b2: 'ok',
    final: 'id=1 v=12; id=2 v=20',
  })
})

test('one order that comes to something else than its plan expects', async ({ tidbPool }) => {
  const plan = { ...transfer, expected: { '*': { b1: '1 row' } } }
  await expect(tidbPool.interleave(plan, ['a1', 'b1', 'a2', 'b2'])).rejects.toThrow(
    'b1: blocked until a2, then 1 row, expected: 1 row',
  )
})

test('all orders, each as expected', async ({ tidbPool }) => {
  const all = await tidbPool.permutations(transfer)
  expect(all.count).toBe(6)
  expect(all.impossible.map(({ name }) => name)).toEqual(['a1 b1 b2 a2', 'b1 a1 a2 b2'])
  expect(all).toMatchExpected()
})

test('a script from a collection', async ({ tidbPool }) => {
  const { plan, order } = parseScript(
    `
    begin; -- T1
    begin; -- T2
    update t set v = 11 where id = 1; -- T1
    update t set v = 12 where id = 1; -- T2, BLOCKS
    commit; -- T1. This unblocks T2
    select * from t where id = 1; -- T2. Shows 1 => 12
    commit; -- T2
    `,
    { once: transfer.once ?? [], setup: transfer.setup ?? [] },
  )
  const { outcome } = await tidbPool.interleave(plan, order)
  expect(outcome).toMatchObject({ 4: 'blocked until 5, then 1 row', 6: 'id=1 v=12' })
})
