import { expect } from 'vitest-tidb'
import { test } from './test.ts'

const LONG = { within: '60s' }

test('all meet: one place each, in the order of arrival', async ({ join }) => {
  const parties = await Promise.all(['a', 'b', 'c', 'd'].map((name) => join(name, { parties: 4 })))
  const passages = await Promise.all(parties.map((party) => party.barrier('loaded', LONG)))
  const [first] = passages
  expect(first?.parties.toSorted()).toEqual(['a', 'b', 'c', 'd'])
  for (const [at, passage] of passages.entries()) {
    expect(passage.parties).toEqual(first?.parties)
    expect(passage.parties[passage.place]).toBe(parties[at]?.name)
    expect(passage.waitedMs).toBeGreaterThan(0)
  }
})

test('nobody passes before all have arrived', async ({ join, doing }) => {
  const [a, b] = await Promise.all([join('a', { parties: ['a', 'b'] }), join('b')])
  let passed = false
  const first = a.ready(LONG).then(() => (passed = true))
  await expect.poll(() => doing('a')).toBe('waiting for barrier "ready"')
  expect(passed).toBe(false)
  await b.ready(LONG)
  expect(await first).toBe(true)
})

test('the same name is used again, and the quick need not wait for the slow to notice', async ({ join, doing }) => {
  const [a, b] = await Promise.all([join('a', { parties: 2 }), join('b')])
  const slow = a.barrier('step', LONG)
  await expect.poll(() => doing('a')).toBe('waiting for barrier "step"')
  await b.barrier('step', LONG)
  // It is at the second meeting while the other has perhaps not noticed the end of the first.
  const quick = b.barrier('step', LONG)
  expect((await slow).parties).toEqual(['a', 'b'])
  await expect.poll(() => doing('b')).toBe('waiting for barrier "step"')
  const [again, second] = await Promise.all([a.barrier('step', LONG), quick])
  expect(again.parties).toEqual(['b', 'a'])
  expect([again.place, second.place]).toEqual([1, 0])
  for (let step = 0; step < 10; step += 1) {
    await Promise.all([a.barrier('step', LONG), b.barrier('step', LONG)])
  }
})

test('all come to a new barrier at the same moment', async ({ join }) => {
  const parties = await Promise.all(['a', 'b', 'c'].map((name) => join(name, { parties: 3 })))
  for (let step = 0; step < 20; step += 1) {
    const passages = await Promise.all(parties.map((party) => party.barrier(`step ${step}`, LONG)))
    expect(new Set(passages.map(({ place }) => place))).toEqual(new Set([0, 1, 2]))
  }
})

test('some of a group meet, by name and by number', async ({ join }) => {
  const [a, b, c] = await Promise.all([join('a', { parties: 3 }), join('b'), join('c')])
  const named = { ...LONG, parties: ['a', 'c'] }
  const [passage] = await Promise.all([
    a.barrier('named', named),
    c.barrier('named', { ...named, parties: ['c', 'a'] }),
  ])
  expect(passage.parties.toSorted()).toEqual(['a', 'c'])
  await Promise.all([b, c].map((party) => party.barrier('two', { ...LONG, parties: 2 })))
  await Promise.all([a, b].map((party) => party.barrier('two', { ...LONG, parties: 2 })))
})

test('the deadline names who arrived, who is missing, and what each of those does', async ({ join, doing }) => {
  const [a, b] = await Promise.all([join('a', { parties: ['a', 'b', 'c'] }), join('b')])
  const waiting = expect(b.waitFor('go', LONG)).rejects.toMatchObject({ code: 'TIDB_ABORTED' })
  await expect.poll(() => doing('b')).toBe('waiting for signal "go"')
  await expect(a.barrier('loaded', { within: '500ms' })).rejects.toMatchObject({
    code: 'TIDB_DEADLINE_EXCEEDED',
    withinMs: 500,
    message: expect.stringMatching(
      /^waited 500 ms for barrier "loaded" of group "[\w-]+": 1 of 3 arrived \(a\); missing: b \(joined [\d.]+ m?s ago, waiting for signal "go" for [\d.]+ m?s\), c \(not joined\)$/,
    ) as string,
  })
  await b.leave()
  await waiting
})

test('by number, those missing are told by name as far as they joined', async ({ join }) => {
  const [a] = await Promise.all([join('a', { parties: 4 }), join('b')])
  await expect(a.barrier('loaded', { within: '200ms' })).rejects.toThrow(
    /1 of 4 arrived \(a\); missing: b \(joined [\d.]+ m?s ago, under way\); 2 not joined$/,
  )
})

test('who gave up is not counted, and can come again', async ({ join }) => {
  const [a, b] = await Promise.all([join('a', { parties: 2 }), join('b')])
  await expect(a.barrier('loaded', { within: '500ms' })).rejects.toThrow('1 of 2 arrived (a)')
  await expect(b.barrier('loaded', { within: '500ms' })).rejects.toThrow('1 of 2 arrived (b)')
  const [passage] = await Promise.all([a.barrier('loaded', LONG), b.barrier('loaded', LONG)])
  expect(passage.parties.toSorted()).toEqual(['a', 'b'])
})

test('one that ended after the meeting holds nobody up', async ({ join, doing }) => {
  const [a, b] = await Promise.all([join('a', { parties: 2 }), join('b')])
  const slow = a.barrier('loaded', LONG)
  await expect.poll(() => doing('a')).toBe('waiting for barrier "loaded"')
  await b.barrier('loaded', LONG)
  await b.leave()
  expect((await slow).parties).toEqual(['a', 'b'])
})

test('a barrier of some is not hindered by the end of one who was not meant', async ({ join }) => {
  const [a, b, c] = await Promise.all([join('a', { parties: 3 }), join('b'), join('c')])
  await b.fail(new Error('gone'))
  const two = { ...LONG, parties: 2 }
  const [passage] = await Promise.all([a.barrier('two', two), c.barrier('two', two)])
  expect(passage.parties.toSorted()).toEqual(['a', 'c'])
})

test('parties that do not agree are told so', async ({ join, doing }) => {
  const [a, b] = await Promise.all([join('a'), join('b')])
  const first = a.barrier('loaded', { ...LONG, parties: 2 })
  const late = expect(first).rejects.toThrow('gave up: a left group')
  await expect.poll(() => doing('a')).toBe('waiting for barrier "loaded"')
  await expect(b.barrier('loaded', { ...LONG, parties: ['a', 'b'] })).rejects.toThrow(
    'barrier "loaded" is for 2 parties according to a, and for a, b according to b',
  )
  await expect(b.barrier('loaded', { ...LONG, parties: ['a', 'c'] })).rejects.toThrow(
    'b arrived at barrier "loaded", which is for a, c',
  )
  await expect(b.barrier('loaded', LONG)).rejects.toThrow('the number of parties at barrier "loaded" is not known')
  await expect(b.barrier('loaded', { parties: 0 })).rejects.toMatchObject({ code: 'TIDB_CONFIG_INVALID' })
  await expect(b.barrier(' ', { parties: 2 })).rejects.toMatchObject({ code: 'TIDB_CONFIG_INVALID' })
  await a.leave()
  await late
})
