import { expect, test } from 'vitest'
import { noteStarted } from './started-servers.ts'
import { forgetUtc, isUtc, knownUtc } from './session-variables.ts'

const rows = [{ zone: 'UTC', machine: 'UTC' }]

test('a dial that ended before the server answered does not keep the next one waiting', async () => {
  void isUtc('cut', () => new Promise(() => undefined))
  expect(await isUtc('cut', () => Promise.resolve(rows))).toBe(true)
})

test('a server is asked once', async () => {
  await isUtc('once', () => Promise.resolve(rows))
  expect(await isUtc('once', () => Promise.reject(new Error('asked again')))).toBe(true)
})

test('a server is asked again after it may be another one, whatever is answered meanwhile', async () => {
  const early = Promise.withResolvers<Record<string, unknown>[]>()
  const asked = isUtc('again', () => early.promise)
  forgetUtc()
  early.resolve(rows)
  expect(await asked).toBe(true)
  expect(knownUtc('again')).toBeUndefined()
  await isUtc('again', () => Promise.resolve(rows))
  expect(knownUtc('again')).toBe(true)
  forgetUtc()
  expect(await isUtc('again', () => Promise.resolve([{ zone: '+09:30', machine: 'UTC' }]))).toBe(false)
})

test('a server is asked again after another one was started or stopped', async () => {
  await isUtc('started', () => Promise.resolve(rows))
  noteStarted('127.0.0.1:1', () => 'started')
  expect(knownUtc('started')).toBeUndefined()
})
