import { describe, expect, test } from 'vitest'
import { ConfigError } from '../errors.ts'
import { checkExpected } from './options.ts'
import { ConnectionCoordinator } from '../coordination/connection-coordinator.ts'
import { MultiConnectionStateMachine } from '../coordination/multi-connection.ts'
import { defineConnection } from '../coordination/define-connection.ts'

const NO_COUNTS = [0, 1.5, Number.NaN, -1, Number.POSITIVE_INFINITY]

function alice() {
  const coordinator = new ConnectionCoordinator({ within: 100 })
  coordinator.join('bob')
  return coordinator.join('alice')
}

describe('what can never be is refused at once', () => {
  test.for(NO_COUNTS)('a barrier of %s', async (parties) => {
    await expect(alice().barrier('x', { parties })).rejects.toThrow(`parties is ${parties}`)
    expect(() => checkExpected(parties)).toThrow(`parties is ${parties}`)
  })

  test.for([{ names: [] }, { names: ['alice', 'alice'] }])('a barrier or turns of %o', async ({ names }) => {
    await expect(alice().barrier('x', { parties: names })).rejects.toThrow(ConfigError)
    await expect(alice().turn('x', () => 1, { order: names })).rejects.toThrow(ConfigError)
    expect(() => checkExpected(names)).toThrow(ConfigError)
  })

  test.for([Number.NaN, -1, 'soon', ''])('a deadline of %s', async (within) => {
    await expect(alice().barrier('x', { within })).rejects.toThrow('within is')
    await expect(alice().waitFor('x', { within })).rejects.toThrow('within is')
    await expect(alice().receive({ within })).rejects.toThrow('within is')
    await expect(alice().turn('x', () => 1, { within, order: ['bob', 'alice'] })).rejects.toThrow('within is')
    await expect(new MultiConnectionStateMachine({ a: defineConnection({}) }, { within }).run()).rejects.toThrow(
      'within is',
    )
  })

  test.for([0, 1.5, Number.NaN, -1])('a concurrency of %s', async (concurrency) => {
    const machine = new MultiConnectionStateMachine({ a: defineConnection({}) }, { concurrency })
    await expect(machine.run()).rejects.toThrow(`concurrency is ${concurrency}`)
  })
})
