import { inspect } from 'node:util'
import { expect, test, vi } from 'vitest'
import { Secret } from './secret.ts'

const secret = new Secret('hunter2')

test.for([
  ['a template string', () => `${secret}`],
  ['concatenation', () => 'x' + String(secret)],
  ['JSON', () => JSON.stringify({ secret })],
  ['inspect', () => inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
  ['its entries', () => inspect(Object.entries(secret))],
  // oxlint-disable-next-line typescript/no-misused-spread -- what somebody may do
  ['a copy of its fields', () => inspect({ ...secret })],
  ['a structured clone', () => inspect(structuredClone(secret))],
  ['the cause of an error', () => inspect(new Error('x', { cause: { secret } }))],
] as const)('it does not show in %s', ([, print]) => {
  expect(print()).not.toContain('hunter2')
})

test('it does not show on the console', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    console.log(secret, '%s', secret)
    expect(write.mock.calls.flat().join('')).not.toContain('hunter2')
  } finally {
    write.mockRestore()
  }
})

test('it is given back on demand', () => {
  expect(secret.reveal()).toBe('hunter2')
})
