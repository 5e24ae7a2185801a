import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from './lock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const wait = { withinMs: 10_000, waitedFor: 'the other one' }

test('the second waits for the first, and is notified once', async () => {
  const order: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const first = withLock(folder, wait, async () => {
    order.push('first begins')
    begun.resolve()
    await promise
    order.push('first ends')
  })
  await begun.promise
  const second = withLock(folder, { ...wait, onWait: () => (order.push('second waits'), resolve()) }, async () => {
    await Promise.resolve()
    order.push('second begins')
  })
  await Promise.all([first, second])
  expect(order).toEqual(['first begins', 'second waits', 'first ends', 'second begins'])
})

test('a wait has a deadline that names what it waited for', async () => {
  await withLock(folder, wait, async () => {
    const second = withLock(folder, { ...wait, withinMs: 1 }, () => Promise.resolve())
    await expect(second).rejects.toThrow('waited 1 ms for the other one')
  })
})

test('a wait can be given up', async () => {
  await withLock(folder, wait, async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(withLock(folder, { ...wait, signal }, () => Promise.resolve())).rejects.toThrow('enough')
  })
})

test('work that fails lets go', async () => {
  await expect(withLock(folder, wait, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await withLock(folder, wait, () => Promise.resolve('next'))).toBe('next')
})

test('work learns that its lock was lost, and goes on or not', async () => {
  const work = withLock(folder, wait, async (lost) => {
    rmSync(`${folder}.lock`, { recursive: true })
    await new Promise((resolve) => lost.addEventListener('abort', resolve))
    lost.throwIfAborted()
  })
  await expect(work).rejects.toThrow(/^the lock .*\.lock was lost while this process held it: ENOENT/)
  expect(await withLock(folder, wait, () => Promise.resolve('next'))).toBe('next')
})
