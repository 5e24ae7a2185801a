import { expect, test } from 'vitest'
import { coordinatorContract, type Meet } from '../../fixtures/coordinator-contract.ts'
import { ConnectionCoordinator } from './connection-coordinator.ts'

const meet: Meet = (names) => {
  const coordinator = new ConnectionCoordinator()
  const group = { names, capacity: names.length }
  const abortSignal = new AbortController().signal
  for (const [index, name] of names.entries()) {
    coordinator.joinRun(name, { group }, { index, count: names.length, abortSignal })
  }
  return {
    of: (name) => coordinator.for(name),
    end: (name, error) => coordinator.end(name, error),
    // A party waits as soon as it has asked.
    waiting: () => undefined,
  }
}

// The same of TiDBCoordinator: specs/group/contract.spec.ts.
test.for(coordinatorContract)('$title', async ({ holds }) => {
  expect.hasAssertions()
  await holds(meet)
})
