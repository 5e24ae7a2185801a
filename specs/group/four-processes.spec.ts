import { vi } from 'vitest'
import { expect } from 'vitest-tidb'
import { startVitest, type RunningVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'
import { test as base } from './test.ts'

const RUN = { timeout: 180_000 }
const WAIT = { timeout: 60_000, interval: 20 }
const NAMES = ['a', 'b', 'c', 'd'] as const

const test = base.extend('startRun', ({ group }, { onCleanup }) => {
  const started: RunningVitest[] = []
  onCleanup(async () => {
    for (const { child } of started) child.kill('SIGKILL')
    await Promise.all(started.map(({ ended }) => ended))
  })
  return (name: string, parties: readonly string[]) => {
    const run = startVitest('group', {
      env: { ...serverEnv(), GROUP: group, PARTY: name, PARTIES: parties.join(' ') },
    })
    started.push(run)
    return run
  }
})

test('four runs of vitest meet at a barrier', RUN, async ({ startRun, groupExists }) => {
  const runs = await Promise.all(NAMES.map((name) => startRun(name, NAMES).ended))
  for (const [at, { status, output }] of runs.entries()) {
    expect(output).toContain(`${NAMES[at]} passed\n`)
    expect(status).toBe(0)
  }
  expect(await groupExists()).toBe(false)
})

test(
  'where one is killed at the barrier, the others go on to say which',
  RUN,
  async ({ startRun, join, doing, groupExists }) => {
    // The fifth is this test, which does not come: so all four are at the barrier when one of them is killed.
    const parties = [...NAMES, 'e']
    const e = await join('e', { parties })
    const runs = NAMES.map((name) => startRun(name, parties))
    const [dead, ...others] = runs.toReversed() as [RunningVitest, ...RunningVitest[]]
    await vi.waitUntil(async () => {
      const done = await Promise.all(NAMES.map((name) => doing(name)))
      return done.every((what) => what === 'waiting for barrier "loaded"')
    }, WAIT)
    const worker = Number(/d works in process (\d+)/.exec(dead.output())?.[1])
    dead.child.kill('SIGKILL')
    process.kill(worker, 'SIGKILL')
    for (const run of others) {
      // The wait itself may take 50 s.
      const { status, output } = await run.ended
      expect(output).toContain(
        `CoordinationError: barrier "loaded" can't be filled: d (died: its connection to the server ended)`,
      )
      expect(status).toBe(1)
    }
    await e.leave()
    expect(await groupExists()).toBe(false)
  },
)
