import { expect, type TiDBCoordinator } from 'vitest-tidb'
import { coordinatorContract } from '../../fixtures/coordinator-contract.ts'
import { test } from './test.ts'

// The same of ConnectionCoordinator: src/coordination/contract.test.ts.
test.for(coordinatorContract)('$title', async ({ holds }, { join, doing, tidb }) => {
  await tidb.verifyingDatabase()
  await holds(async (names) => {
    const parties = new Map<string, TiDBCoordinator>()
    for (const name of names) parties.set(name, await join(name, { parties: names }))
    const of = (name: string) => parties.get(name) ?? expect.fail(`${name} has not joined`)
    return {
      of,
      end: (name, error) => (error === undefined ? of(name).leave() : of(name).fail(error)),
      waiting: (name, what) => expect.poll(() => doing(name)).toBe(`waiting for ${what}`),
    }
  })
})
