import { expect } from 'vitest-tidb'
import { test } from './test.ts'

const LONG = { within: '60s' }

test('each works after those before it, whoever comes first', async ({ join }) => {
  const names = ['c', 'a', 'b']
  const parties = await Promise.all(['a', 'b', 'c'].map((name) => join(name, { parties: names })))
  const worked: string[] = []
  let working = 0
  const values = await Promise.all(
    parties.map((party) =>
      party.turn(
        'migrate',
        async () => {
          working += 1
          expect(working).toBe(1)
          worked.push(party.name)
          await party.signal(`${party.name} was here`)
          working -= 1
          return party.name.toUpperCase()
        },
        LONG,
      ),
    ),
  )
  expect(worked).toEqual(names)
  expect(values).toEqual(['A', 'B', 'C'])
})

test('an order with a name twice is refused at once', async ({ join }) => {
  const a = await join('a', { parties: 1 })
  await expect(a.turn('x', () => 1, { order: ['a', 'a'] })).rejects.toThrow('order names "a" twice')
})

test('an order of its own, some of the group, and a second round', async ({ join }) => {
  const [a, b, c] = await Promise.all([join('a', { parties: 3 }), join('b'), join('c')])
  const worked: string[] = []
  const options = { ...LONG, order: ['b', 'a'] }
  for (const round of [1, 2]) {
    await Promise.all([a, b].map((party) => party.turn('x', () => worked.push(`${party.name}${round}`), options)))
  }
  expect(worked).toEqual(['b1', 'a1', 'b2', 'a2'])
  await expect(c.turn('x', () => undefined, options)).rejects.toThrow('c is not in the order of turns "x": b, a')
})

test('in a second round, too, each waits for those before it', async ({ join, doing }) => {
  const [a, b] = await Promise.all([join('a', { parties: ['b', 'a'] }), join('b')])
  await Promise.all([a, b].map((party) => party.turn('x', () => undefined, LONG)))
  const worked: string[] = []
  const second = a.turn('x', () => worked.push('a'), LONG)
  await expect.poll(() => doing('a')).toBe('waiting for its turn in "x"')
  await b.turn('x', () => worked.push('b'), LONG)
  await second
  expect(worked).toEqual(['b', 'a'])
  await expect.poll(() => doing('a')).toBe(null)
})

test('who gave its turn up may come with another order', async ({ join }) => {
  const [a, b] = await Promise.all([join('a'), join('b')])
  await expect(a.turn('x', () => undefined, { within: '500ms', order: ['b', 'a'] })).rejects.toThrow('waited 500 ms')
  const order = ['a', 'b']
  const worked: string[] = []
  await Promise.all([b, a].map((party) => party.turn('x', () => worked.push(party.name), { ...LONG, order })))
  expect(worked).toEqual(order)
})

test('without names, the order is that of joining', async ({ join }) => {
  const b = await join('b', { parties: 2 })
  const a = await join('a')
  const worked: string[] = []
  await Promise.all([a, b].map((party) => party.turn('x', () => worked.push(party.name), LONG)))
  expect(worked).toEqual(['b', 'a'])
})

test('the deadline names whose turn it is', async ({ join, doing }) => {
  const [a, b] = await Promise.all([join('a', { parties: ['a', 'b', 'c'] }), join('b')])
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const first = a.turn('x', () => done, LONG)
  await expect.poll(() => doing('a')).toBe('at its turn in "x"')
  await expect(b.turn('x', () => undefined, { within: '200ms' })).rejects.toThrow(
    /^waited 200 ms for its turn in "x" of group "[\w-]+": it is the turn of a \(joined [\d.]+ m?s ago, at its turn in "x" for [\d.]+ m?s\)$/,
  )
  resolve()
  await first
  // It had not had its turn, and so may come again.
  expect(await b.turn('x', () => 'had it', LONG)).toBe('had it')
})

test('one that ends without its turn releases those after it, not those before', async ({ join, doing }) => {
  const [a, b, c] = await Promise.all([join('a', { parties: ['a', 'b', 'c'] }), join('b'), join('c')])
  const after = expect(c.turn('x', () => undefined, LONG)).rejects.toThrow(`turns "x" can't go on: b (ended)`)
  await expect.poll(() => doing('c')).toBe('waiting for its turn in "x"')
  await b.leave()
  await after
  expect(await a.turn('x', () => 'had it', LONG)).toBe('had it')
})
