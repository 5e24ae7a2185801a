import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { Breaker } from './connection/breaker.ts'
import { retried } from './connection/retry.ts'
import { delay, performance, setTimeout, wallTime } from './clock.ts'

afterEach(() => void vi.useRealTimers())

test.for([{}, { fakeNodeBuiltins: true }])('no fake clock reaches ours: %o', async (how) => {
  vi.useFakeTimers({ now: 0, ...how })
  const [began, wall] = [performance.now(), wallTime()]
  expect(wall).toBeGreaterThan(Date.parse('2026-01-01'))
  await delay(5)
  await new Promise<void>((resolve) => void setTimeout(resolve, 5))
  expect(performance.now() - began).toBeGreaterThan(8)
  expect(wallTime() - wall).toBeGreaterThan(8)
})

// A setup file of the user's may fake the clock before this package is loaded at all.
test('nor does one that came first', async () => {
  vi.useFakeTimers({ now: 0 })
  vi.resetModules()
  const late = await import('./clock.ts')
  expect(late.delay).toBe(delay)
  expect(late.setTimeout).toBe(setTimeout)
  expect(late.performance.now()).toBeGreaterThan(0)
  expect(late.wallTime()).toBeGreaterThan(Date.parse('2026-01-01'))
})

const lost = () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))

test('retries and the breaker go by the real clock', async () => {
  vi.useFakeTimers()
  let attempts = 0
  const work = () => ((attempts += 1), lost())
  await expect(retried(work, { scope: 'dial', most: 2 })).rejects.toThrow('refused')
  expect(attempts).toBe(3)
  const breaker = new Breaker('127.0.0.1:1', 20)
  for (let dial = 0; dial < 5; dial += 1) await expect(breaker.dial(lost)).rejects.toThrow('refused')
  await expect(breaker.dial(lost)).rejects.toThrow('not dialled')
  await delay(25)
  expect(await breaker.dial(() => Promise.resolve('open'))).toBe('open')
})

// What lint has no rule for.
test('nothing else in src asks the global clock for the time, or imports timers', () => {
  const src = fileURLToPath(new URL('.', import.meta.url))
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test)\.ts$/.test(file))
  const found = files.filter((file) =>
    /new Date\(\)|from 'node:(?:timers|perf_hooks)/.test(readFileSync(join(src, file), 'utf8')),
  )
  expect(found).toEqual(['clock.ts'])
})
