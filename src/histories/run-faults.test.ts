import { expect, test } from 'vitest'
import { performance } from '../clock.ts'
import { runFaults, type Fault } from './run-faults.ts'

function counted(name: string) {
  const fault = { name, begun: 0, ended: 0 }
  return Object.assign(fault, {
    begin: () => Promise.resolve(void (fault.begun += 1)),
    end: () => Promise.resolve(void (fault.ended += 1)),
  })
}

async function run(faults: readonly Fault[], seed: string | number, rounds: number): Promise<string[]> {
  const over = new AbortController()
  const names: string[] = []
  const note = (what: string) => {
    names.push(what)
    if (names.length === 2 * rounds) over.abort()
  }
  const spans = await runFaults(
    { faults, every: 2, lasting: 2 },
    { seed, over: over.signal, sinceMs: performance.now(), note },
  )
  expect(spans.every(({ beganMs, endedMs }) => beganMs >= 0 && endedMs >= beganMs)).toBe(true)
  return spans.map(({ name }) => name)
}

test('the same seed, the same faults in the same order', async () => {
  const faults = () => ['one', 'two', 'three'].map(counted)
  const first = await run(faults(), 7, 12)
  expect(first).toHaveLength(12)
  expect(new Set(first).size).toBe(3)
  expect(await run(faults(), 7, 12)).toEqual(first)
  expect(await run(faults(), 8, 12)).not.toEqual(first)
})

test('a fault that is on when the workload is over is ended, once', async () => {
  const fault = counted('one')
  const over = new AbortController()
  const begin = () => fault.begin().then(() => over.abort())
  const spans = await runFaults(
    { faults: [{ ...fault, begin, end: fault.end }], every: 1, lasting: '1m' },
    { seed: 1, over: over.signal, sinceMs: performance.now(), note: () => undefined },
  )
  expect(spans).toHaveLength(1)
  expect(fault).toMatchObject({ begun: 1, ended: 1 })
})

test.for([{ faults: [] }, { faults: [counted('one')] }])('none that began is an error: %o', async ({ faults }) => {
  await expect(
    runFaults({ faults }, { seed: 1, over: AbortSignal.abort(), sinceMs: 0, note: () => undefined }),
  ).rejects.toThrow('the workload was over before a fault began')
})
