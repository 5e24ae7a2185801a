import { expect } from 'vitest-tidb'
import type { Message } from '../../src/coordination/coordinator.ts'
import { test } from './test.ts'

const LONG = { within: '60s' }

test('messages come once, in the order in which they were sent, whatever they hold', async ({ join }) => {
  const [a, b] = await Promise.all([join('a', { parties: 2 }), join('b')])
  const bodies = [undefined, null, 0, 'text', { rows: [1, { of: 'many' }] }, '日本 🐬 "\'\\\n']
  for (const body of bodies) await a.send('b', body)
  const received: Message[] = []
  for (const _ of bodies) received.push(await b.receive(LONG))
  expect(received).toEqual(bodies.map((body) => ({ from: 'a', body })))
  await expect(b.receive({ within: '500ms' })).rejects.toThrow(/^waited 500 ms for a message of group .*the others: a/)
})

test('from several at once, none is lost, none comes twice, and those of each keep their order', async ({ join }) => {
  const [receiver, ...senders] = await Promise.all(['r', 'a', 'b', 'c'].map((name) => join(name, { parties: 4 })))
  const each = 40
  const sending = Promise.all(
    senders.map(async (sender) => {
      for (let number = 0; number < each; number += 1) await sender.send('r', number)
    }),
  )
  const received: Message[] = []
  for (let count = 0; count < each * senders.length; count += 1)
    received.push((await receiver?.receive(LONG)) as Message)
  await sending
  for (const { name } of senders) {
    const bodies = received.filter(({ from }) => from === name).map(({ body }) => body)
    expect(bodies).toEqual(Array.from({ length: each }, (_, number) => number))
  }
})

test('two who receive at once get one message each', async ({ join }) => {
  const [a, b] = await Promise.all([join('a', { parties: 2 }), join('b')])
  const receiving = [b.receive(LONG), b.receive(LONG), b.receive(LONG)]
  for (const body of [1, 2, 3]) await a.send('b', body)
  const received = await Promise.all(receiving)
  expect(received.map(({ body }) => body)).toEqual([1, 2, 3])
})

test('a broadcast reaches all others, those who have not joined yet included', async ({ join }) => {
  const [a, b] = await Promise.all([join('a', { parties: ['a', 'b', 'c', 'd'] }), join('b'), join('d')])
  await b.leave()
  await a.broadcast('begin')
  await a.send('c', 'you too')
  const c = await join('c')
  expect(await c.receive(LONG)).toEqual({ from: 'a', body: 'begin' })
  expect(await c.receive(LONG)).toEqual({ from: 'a', body: 'you too' })
  await expect(a.receive({ within: '500ms' })).rejects.toMatchObject({ code: 'TIDB_DEADLINE_EXCEEDED' })
})

test('a message to nobody, or to one that has ended, is refused', async ({ join }) => {
  const [a, b] = await Promise.all([join('a', { parties: 3 }), join('b')])
  await expect(a.send('x', 1)).rejects.toThrow(
    /a sent a message to "x", which is not in group "[\w-]+"\n.*(a, b|b, a)$/,
  )
  await b.fail(new Error('no rows'))
  await expect(a.send('b', 1)).rejects.toMatchObject({
    code: 'TIDB_COORDINATION_FAILED',
    message: expect.stringContaining('a sent a message to b (failed: no rows)') as string,
  })
  await expect(a.send('b', 1n)).rejects.toMatchObject({ code: 'TIDB_CONFIG_INVALID', settings: ['body'] })
})

test('one that takes the name of another does not get its messages', async ({ join }) => {
  const [a, b] = await Promise.all([join('a', { parties: 2 }), join('b')])
  await a.send('b', 'to the first')
  await b.leave()
  const again = await join('b')
  await a.send('b', 'to the second')
  expect((await again.receive(LONG)).body).toBe('to the second')
})

test('who waits for a message gets the last one, and is then released once all others have ended', async ({ join }) => {
  const [a, b] = await Promise.all([join('a', { parties: 2 }), join('b')])
  await a.send('b', 'last')
  await a.leave()
  expect(await b.receive(LONG)).toEqual({ from: 'a', body: 'last' })
  await expect(b.receive(LONG)).rejects.toThrow('no message will come: a (ended)')
})

test('a listener that throws fails its own party, and the others are told', async ({ join }) => {
  const [a, b] = await Promise.all([join('a', { parties: 2 }), join('b')])
  const error = new Error('can not read this')
  b.listen(({ body }) => {
    if (body === 'bad') throw error
  })
  const waiting = expect(b.barrier('loaded', LONG)).rejects.toBe(error)
  await a.send('b', 'good')
  await a.send('b', 'bad')
  await waiting
  await expect(b.receive(LONG)).rejects.toBe(error)
  await expect(b.signal('go')).rejects.toBe(error)
  expect(() => b.listen(() => undefined)).toThrow(error)
  await expect(a.barrier('loaded', LONG)).rejects.toThrow(`can't be filled: b (failed: can not read this)`)
})
