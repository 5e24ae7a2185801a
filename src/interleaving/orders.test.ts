import { describe, expect, test } from 'vitest'
import { countOrders, orders } from './orders.ts'
import { Interleaving } from './interleaving.ts'
import { checkExpected, compare } from './expected.ts'
import { everyOrder } from './permutations.ts'
import { checkOrder, type InterleavingPlan } from './plan.ts'
import { parseScript } from './script.ts'

const plan: InterleavingPlan = {
  sessions: { alice: { steps: { a1: 'begin', a2: 'commit' } }, bob: { steps: { b1: 'begin' } } },
}

describe('orders', () => {
  test('keep the order of each session, and are all different', () => {
    expect([...orders([['a1', 'a2'], ['b1']])]).toEqual([
      ['a1', 'a2', 'b1'],
      ['a1', 'b1', 'a2'],
      ['b1', 'a1', 'a2'],
    ])
    const many = [...orders([['a', 'b', 'c', 'd'], ['1', '2', '3', '4'], ['x']])].map((order) => order.join(' '))
    expect(new Set(many).size).toBe(many.length)
    expect(BigInt(many.length)).toBe(countOrders([4, 4, 1]))
  })

  test('are counted before they are made, however many', () => {
    expect(countOrders([4, 4])).toBe(70n)
    expect(countOrders([20, 20])).toBe(137_846_528_820n)
    expect(countOrders([])).toBe(1n)
    const steps = (name: string) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`${name}${at}`, 'select 1']))
    const sessions = { a: { steps: steps('a') }, b: { steps: steps('b') } }
    expect(() => everyOrder({ sessions })).toThrow('10 and 10 steps have 184,756 orders, and at most 1,000 are run')
    expect(everyOrder(plan)).toHaveLength(3)
  })

  test('that do not fit the plan are refused', () => {
    expect(() => checkOrder(plan, ['a1', 'b1', 'a2'])).not.toThrow()
    expect(() => checkOrder(plan, ['a2', 'a1', 'b1'])).toThrow('has the steps of alice in the order a2 a1, not a1 a2')
    expect(() => checkOrder(plan, ['a1', 'b1'])).toThrow('has the steps of alice in the order a1, not a1 a2')
    expect(() => checkOrder(plan, ['a1', 'b1', 'a2', 'c1'])).toThrow('names c1, which no session has')
    const twice = { sessions: { a: { steps: { x: 'begin' } }, b: { steps: { x: 'begin' } } } }
    expect(() => everyOrder(twice)).toThrow('a and b both have a step named "x"')
    expect(() => everyOrder({ sessions: {} })).toThrow('a plan without steps proves nothing')
    for (const most of [0, 1.5, Number.NaN, -1]) expect(() => everyOrder(plan, most)).toThrow(`most is ${most}`)
  })
})

describe('what is expected', () => {
  const order = ['a1', 'a2', 'b1']
  const runs = [
    new Interleaving(order, [{ step: 'a1', session: 'alice', status: 'completed', waited: false }], []),
  ] as const
  const final = 'select 1'

  test('of an order that was not run, of none, or of a step that there is not, is an error', () => {
    expect(() => compare({ ...plan, expected: { 'a2 a1': { a1: 'ok' } } }, runs)).toThrow(
      'the plan expects something of a2 a1, which was not run',
    )
    expect(() => compare(plan, runs)).toThrow('the plan expects nothing')
    expect(() => compare({ ...plan, expected: { '*': {} } }, runs)).toThrow('the plan expects nothing')
    expect(() => compare({ ...plan, expected: { 'a1 a2 b1': {} } }, runs)).toThrow('the plan expects nothing')
    expect(() => compare({ ...plan, expected: { '*': { a9: /./ } } }, runs)).toThrow(
      'a9, which is not one of its steps',
    )
    expect(() => compare({ ...plan, expected: { '*': { final: /./ } } }, runs)).toThrow('its steps are a1, a2, b1')
  })

  test('is compared step by step, those that are named', () => {
    const expected = { '*': { a1: 'ok', final: 'no rows' } }
    const [comparison] = compare({ ...plan, final, expected }, runs)
    expect(comparison).toMatchObject({ actual: { a1: 'ok', final: 'no rows' }, wrong: [] })
    const [other] = compare({ ...plan, final, expected: { '*': { a1: '1 row', final: /no/g } } }, runs)
    expect(other?.wrong).toEqual(['a1'])
  })

  test('of the one order that is run holds for it, and what is expected of others may wait', () => {
    expect(() => checkExpected({ ...plan, expected: { '*': { a1: '1 row' } } }, runs[0])).toThrow(
      'a1 a2 b1 did not match what the plan expects\n  a1: ok, expected: 1 row',
    )
    expect(() => checkExpected({ ...plan, expected: { 'b1 a1 a2': { a1: '1 row' } } }, runs[0])).not.toThrow()
    expect(() => checkExpected({ ...plan, expected: { 'b1 a1': { a1: '1 row' } } }, runs[0])).toThrow('order')
    expect(() => checkExpected(plan, runs[0])).not.toThrow()
  })
})

describe('a script', () => {
  test('has a step for each statement, by the session behind it', () => {
    const { plan: read, order } = parseScript(`
      -- a comment of its own
      set session transaction isolation level read committed; begin; -- T1
      begin; -- T2. The second
      update test set value = 'a;b' where id = 1; -- T1, BLOCKS
    `)
    expect(order).toEqual(['1', '2', '3', '4'])
    expect(read.sessions).toEqual({
      T1: {
        steps: {
          1: 'set session transaction isolation level read committed',
          2: 'begin',
          4: "update test set value = 'a;b' where id = 1",
        },
      },
      T2: { steps: { 3: 'begin' } },
    })
  })

  test('with a line that names no session is refused', () => {
    expect(() => parseScript('begin; -- T1\ncommit;')).toThrow('line 2 of the script names no session: commit;')
  })
})
