import { expect, test } from 'vitest'
import { isUtc } from './session-variables.ts'

const rows = [{ zone: 'UTC', machine: 'UTC' }]

test('a dial that ended before the server answered does not keep the next one waiting', async () => {
  void isUtc('cut', () => new Promise(() => undefined))
  expect(await isUtc('cut', () => Promise.resolve(rows))).toBe(true)
})

test('a server is asked once', async () => {
  await isUtc('once', () => Promise.resolve(rows))
  expect(await isUtc('once', () => Promise.reject(new Error('asked again')))).toBe(true)
})
