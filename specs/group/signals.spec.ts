import { expect } from 'vitest-tidb'
import { test } from './test.ts'

const LONG = { within: '60s' }

test.for([[undefined], [null], [0], ['text'], [{ rows: [1, { of: 'many' }] }], ['日本 🐬 "\'\\\n']])(
  'the value of a signal reaches those who wait and those who come later: %j',
  async ([value], { join }) => {
    const [a, b] = await Promise.all([join('a', { parties: 2 }), join('b')])
    const waiting = a.waitFor('loaded', LONG)
    await b.signal('loaded', value)
    expect(await waiting).toEqual(value)
    expect(await a.waitFor('loaded', LONG)).toEqual(value)
    expect(await b.waitFor('loaded', LONG)).toEqual(value)
  },
)

test('of many who send a signal at once, one wins', async ({ join }) => {
  const parties = await Promise.all(['a', 'b', 'c', 'd'].map((name) => join(name)))
  const given = await Promise.allSettled(parties.map((party) => party.signal('leader', party.name)))
  expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const winner = parties[given.findIndex(({ status }) => status === 'fulfilled')]
  for (const party of parties) expect(await party.waitFor('leader', LONG)).toBe(winner?.name)
})

test('what JSON can not write is refused', async ({ join }) => {
  const a = await join('a')
  for (const value of [1n, () => 1, Symbol('x')]) {
    await expect(a.signal('odd', value)).rejects.toMatchObject({ code: 'TIDB_CONFIG_INVALID', settings: ['value'] })
  }
})

test('a value that is too large is refused by the server, and the party goes on', async ({ join }) => {
  const a = await join('a')
  await expect(a.signal('large', 'x'.repeat(6_300_000))).rejects.toMatchObject({
    code: 'TIDB_COORDINATION_FAILED',
    message: expect.stringMatching(/^a was refused by group "[\w-]+"\n {2}server said: .*entry too large/) as string,
  })
  await a.signal('small', 1)
  expect(await a.waitFor('small', LONG)).toBe(1)
})

test('the deadline names the others and what they do', async ({ join, doing }) => {
  const [a, b] = await Promise.all([join('a', { parties: ['a', 'b', 'c'] }), join('b')])
  const other = expect(b.barrier('loaded', LONG)).rejects.toThrow('gave up: b left group')
  await expect.poll(() => doing('b')).toBe('waiting for barrier "loaded"')
  await expect(a.waitFor('go', { within: '200ms' })).rejects.toThrow(
    /^waited 200 ms for signal "go" of group "[\w-]+": nobody has sent it; the others: b \(joined [\d.]+ m?s ago, waiting for barrier "loaded" for [\d.]+ m?s\), c \(not joined\)$/,
  )
  await expect(a.waitFor('go', { within: '200ms', from: 'c' })).rejects.toThrow('it was expected from c (not joined)')
  await b.leave()
  await other
})

test('who waits for a signal is released once all others have ended', async ({ join, doing }) => {
  const [a, b, c] = await Promise.all([join('a', { parties: 3 }), join('b'), join('c')])
  const waiting = expect(a.waitFor('go', LONG)).rejects.toThrow(
    'signal "go" will not be sent: b (ended), c (failed: no rows)',
  )
  await expect.poll(() => doing('a')).toBe('waiting for signal "go"')
  await b.leave()
  await c.fail(new Error('no rows'))
  await waiting
})

test('a signal outlives the one who gave it, and one of two who ends is no reason to give up', async ({
  join,
  doing,
}) => {
  const [a, b, c] = await Promise.all([join('a', { parties: 3 }), join('b'), join('c')])
  const waiting = a.waitFor('go', LONG)
  await expect.poll(() => doing('a')).toBe('waiting for signal "go"')
  await b.leave()
  await c.signal('go', 1)
  await c.leave()
  expect(await waiting).toBe(1)
})
