import { expect, test } from 'vitest'
import { JobTimeLine } from './job-time-line.ts'

test('a phase lasts until the next, and one that comes again goes on', () => {
  const line = new JobTimeLine()
  line.enter('pending', 0)
  line.enter('importing', 100)
  line.enter('importing', 150)
  line.enter('validating', 300)
  line.enter('importing', 310)
  expect(line.phases(400)).toEqual([
    { phase: 'pending', ms: 100 },
    { phase: 'importing', ms: 290 },
    { phase: 'validating', ms: 10 },
  ])
  line.enter(undefined, 500)
  expect(line.phases(9_999).map(({ ms }) => ms)).toEqual([100, 390, 10])
})

test('a job that flaps for a night keeps its first and its last entries, and says how many are missing', () => {
  const line = new JobTimeLine()
  for (let ms = 0; ms < 10_000; ms++) line.add({ at: ms, ms, kind: 'no task', text: `poll ${ms}` })
  const entries = line.entries()
  expect(entries).toHaveLength(401)
  expect(entries[0]?.text).toBe('poll 0')
  expect(entries[200]?.text).toBe('9600 entries left out')
  expect(entries.at(-1)?.text).toBe('poll 9999')
})
