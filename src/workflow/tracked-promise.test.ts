import { setImmediate as immediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { TrackedPromise } from './tracked-promise.ts'

const nothing = () => undefined

/** Fails from a callback that knows nothing of who waits, as an answer of a server does. */
function failing(name: string): TrackedPromise<never> {
  const work = new Promise<never>((_, reject) => setImmediate(() => reject(new Error(name))))
  return TrackedPromise.of(name, work, nothing)
}

/** Lines of this file in the stack of what was thrown, nearest first. */
async function linesOf(work: () => PromiseLike<unknown>): Promise<string[]> {
  try {
    await work()
  } catch (error) {
    return [...((error as Error).stack ?? '').matchAll(/at (?:async )?(\S+) \(.*tracked-promise\.test\.ts/g)].map(
      ([, name]) => name ?? '',
    )
  }
  throw new Error('it did not fail')
}

describe('the stack of a failure begins', () => {
  test('at the function that awaits it, and those that await that one', async () => {
    async function inner() {
      await failing('a')
    }
    async function outer() {
      await inner()
    }
    expect(await linesOf(outer)).toEqual(['inner', 'outer', 'linesOf'])
  })

  test('at the function that awaits several at once', async () => {
    async function both() {
      await Promise.all([failing('a'), new Promise(nothing)])
    }
    expect(await linesOf(both)).toEqual(['both', 'linesOf'])
  })

  test('at the function that awaits what a chain made of it', async () => {
    async function chained() {
      await failing('a').then(nothing)
    }
    expect(await linesOf(chained)).toEqual(['chained', 'linesOf'])
  })

  test('at the function that awaits it late, when it had failed before', async () => {
    async function late() {
      const step = failing('a')
      await immediate()
      await immediate()
      await step
    }
    expect(await linesOf(late)).toEqual(['late', 'linesOf'])
  })

  test('where it was met first, for an error that several meet', async () => {
    const error = new Error('shared')
    const fail = () => TrackedPromise.of('a', Promise.reject(error), nothing)
    async function first() {
      await fail()
    }
    async function second() {
      await fail()
    }
    expect(await linesOf(first)).toEqual(['first', 'linesOf'])
    expect(await linesOf(second)).toEqual(['first', 'linesOf'])
  })
})

test('it knows whether anybody awaited it, and tells once it was awaited and is over', async () => {
  let done = 0
  const step = TrackedPromise.of('a', Promise.resolve(1), () => (done += 1))
  await immediate()
  expect([step.awaited, done]).toEqual([false, 0])
  expect(await step).toBe(1)
  expect([step.awaited, done]).toEqual([true, 1])
})

test('a failure that nobody awaits does not end the process', async () => {
  const step = failing('a')
  await immediate()
  await immediate()
  expect(step.awaited).toBe(false)
})

test('what it is called is asked for only when it is told', () => {
  let asked = 0
  const label = () => `query ${(asked += 1)}`
  const step = TrackedPromise.of(label, Promise.resolve(), nothing)
  expect(asked).toBe(0)
  expect(step.label).toBe('query 1')
})
