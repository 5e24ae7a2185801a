import { describe } from 'vitest'
import { expect, parseScript, test } from 'vitest-tidb'
import { tidbModes } from '../../fixtures/isolation/mode.ts'
import { play } from '../../fixtures/isolation/play.ts'
import { anomaly, type Scenario } from '../../fixtures/isolation/scenario.ts'
import { test as scenarioTest } from '../../fixtures/isolation/test.ts'

// Regions of this file are shown in docs/isolation.md.

// own-anomaly {
test('of two who take the last one, both get it', async ({ tidbPool }) => {
  const { plan, order } = parseScript(
    `
    begin; -- T1
    begin; -- T2
    select value from test where id = 1; -- T1
    select value from test where id = 1; -- T2
    update test set value = 0 where id = 1; -- T1
    update test set value = 0 where id = 1; -- T2
    commit; -- T1
    commit; -- T2
    `,
    {
      once: ['create table test (id int primary key, value int)', 'insert into test values (1, 1)'],
      final: 'select value from test',
    },
  )
  const run = await tidbPool.interleave(plan, order)
  expect(run.outcome).toMatchObject({
    3: 'value=1',
    4: 'value=1',
    6: 'blocked until 7, then 1 row',
    8: 'ok',
    final: 'value=0',
  })
})
// }

// scenario {
const overdraft: Scenario = {
  name: 'overdraft',
  script: `
    select value from test where id = 1; -- T1
    select value from test where id = 1; -- T2
    update test set value = value - 10 where id = 1 and :read >= 10; -- T1
    update test set value = value - 10 where id = 1 and :read >= 10; -- T2
    commit; -- T1
    commit; -- T2
  `,
  verdict: anomaly({
    occurred: ({ final }) => final === '1=-10 2=20',
    prevented: ({ final }) => final === '1=0 2=20',
  }),
}
// }

describe('the scenario of the page', () => {
  scenarioTest.for(tidbModes)('at $name', async (mode, { tidbPool }) => {
    const run = await play(tidbPool, overdraft, mode)
    const verdicts = ['occurs', 'prevented: 9007 at commit']
    expect(overdraft.verdict(run)).toBe(verdicts[mode.name.endsWith('optimistic') ? 1 : 0])
  })
})
