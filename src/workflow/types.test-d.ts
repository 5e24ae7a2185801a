import { expectTypeOf, test } from 'vitest'
import type { Rows } from '../connection/connection.ts'
import { createTest, test as builtIn } from '../fixtures/test.ts'
import type { ImportJob } from '../import-jobs/import-job.ts'
import { TiDBVersion } from '../version.ts'
import { workflow } from './default-workflow.ts'
import { defineState } from './define-state.ts'
import type { Session } from './session.ts'

test('steps follow the handlers of their states', () => {
  expectTypeOf<Session['gettingVersion']>().returns.resolves.toHaveProperty('version').toEqualTypeOf<TiDBVersion>()
  expectTypeOf<Session['checkingImportJobs']>()
    .returns.resolves.toHaveProperty('active')
    .toEqualTypeOf<readonly ImportJob[]>()
  // @ts-expect-error -- a state that there is none of has no step
  expectTypeOf<Session['checkingTiFlash']>()
})

test("a state of one's own is a step, and its local data are typed", () => {
  const checkingTiFlash = defineState({
    name: 'CheckingTiFlash',
    after: 'GettingVersion',
    local: () => ({ looks: 0 }),
    run({ local }) {
      expectTypeOf(local).toEqualTypeOf<{ looks: number }>()
      return { replicas: 3 }
    },
  })
  createTest(workflow.with(checkingTiFlash))('typed', async ({ tidb, tidbPool }) => {
    expectTypeOf(await tidb.checkingTiFlash()).toEqualTypeOf<{ replicas: number }>()
    const [alice] = await tidbPool.sessions('alice')
    expectTypeOf(alice.checkingTiFlash).returns.resolves.toEqualTypeOf<{ replicas: number }>()
  })
})

test('a state that is replaced gives its step another type, and one that is left out takes it away', () => {
  const replaced = workflow.replace('GettingVersion', { run: () => 'text' })
  createTest(replaced)('typed', async ({ tidb }) => {
    expectTypeOf(await tidb.gettingVersion()).toEqualTypeOf<string>()
  })
  const without = workflow.without('ShowingImportJobDetails')
  createTest(without)('typed', ({ tidb }) => {
    // @ts-expect-error -- it was left out
    void tidb.showingImportJobDetails
  })
})

builtIn('queries and pools are typed', async ({ tidb, tidbPool }) => {
  expectTypeOf(await tidb.query<{ n: number }>('select 1 as n')).toEqualTypeOf<Rows<{ n: number }>>()
  expectTypeOf(await tidbPool.sessions('alice', 'bob')).toEqualTypeOf<[Session, Session]>()
  const outcome = await tidbPool.run(2, (_session, { index }) => index)
  expectTypeOf(outcome.values).toEqualTypeOf<number[]>()
})
