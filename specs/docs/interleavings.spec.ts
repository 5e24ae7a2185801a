import { expect, parseScript, test, type InterleavingPlan } from 'vitest-tidb'

// plan {
const increments: InterleavingPlan = {
  once: ['create table counter (id int primary key, n int)'],
  setup: ['replace into counter values (1, 0)'],
  sessions: {
    alice: { setup: ['begin'], steps: { a1: 'update counter set n = n + 1', a2: 'commit' } },
    bob: { setup: ['begin'], steps: { b1: 'update counter set n = n + 1', b2: 'commit' } },
  },
  final: 'select n from counter',
  expected: { 'a1 b1 a2 b2': { b1: 'blocked until a2, then 1 row' }, '*': { final: /n=[12]/ } },
}
// }

// one {
test('one order', async ({ tidbPool }) => {
  const run = await tidbPool.interleave(increments, ['a1', 'b1', 'a2', 'b2'])
  expect(run.outcome).toEqual({
    a1: '1 row',
    b1: 'blocked until a2, then 1 row',
    a2: 'ok',
    b2: 'ok',
    final: 'n=2',
  })
})
// }

// all {
test('every order', async ({ tidbPool }) => {
  const all = await tidbPool.permutations(increments)
  expect(all.count).toBe(6)
  expect(all.impossible.map(({ name }) => name)).toEqual(['a1 b1 b2 a2', 'b1 a1 a2 b2'])
  expect(all).toMatchExpected()
  for (const { outcome } of all.possible) expect(outcome.final).toBe('n=2')
})
// }

// script {
test('a script from a collection', async ({ tidbPool }) => {
  const { plan, order } = parseScript(
    `
    begin; -- T1
    begin; -- T2
    update counter set n = 1 where id = 1; -- T1
    update counter set n = 2 where id = 1; -- T2, BLOCKS
    commit; -- T1. This unblocks T2
    commit; -- T2
    select n from counter; -- either
    `,
    { once: ['create table counter (id int primary key, n int)'], setup: ['replace into counter values (1, 0)'] },
  )
  const run = await tidbPool.interleave(plan, order)
  expect(run.outcome[4]).toBe('blocked until 5, then 1 row')
  expect(run.outcome[7]).toBe('n=2')
})
// }

// steps {
test('steps with values, and steps of more than one statement', async ({ tidbPool }) => {
  const run = await tidbPool.interleave(
    {
      once: ['create table counter (id int primary key, n int)'],
      sessions: {
        alice: { steps: { insert: ['insert into counter values (?, ?)', [1, 5]] } },
        bob: {
          steps: {
            copy: async (session) => {
              const [row] = await session.query<{ n: number }>('select n from counter where id = 1')
              return session.query('insert into counter values (2, ?)', [row?.n])
            },
          },
        },
      },
      final: 'select * from counter order by id',
    },
    ['insert', 'copy'],
  )
  expect(run.outcome.final).toBe('id=1 n=5; id=2 n=5')
})
// }
