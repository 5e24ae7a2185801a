import { expect, test } from 'vitest'
import { smallest } from './smallest.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at)

test.for([[[]], [[0]], [[99]], [[0, 99]], [[3, 4, 50]], [numbers(100)]] as const)(
  'what is needed is what is left: %j',
  async ([needed]) => {
    const { kept, isSmallest } = await smallest(numbers(100), async (list) =>
      needed.every((each) => list.includes(each)),
    )
    expect(kept).toEqual(needed)
    expect(isSmallest).toBe(true)
  },
)

test('one that could go only after another goes as well', async () => {
  // 2 has to go before 6 can, which comes first.
  const needed = [1, 3, 7]
  const does = async (list: readonly number[]) =>
    needed.every((each) => list.includes(each)) && (!list.includes(2) || list.includes(6))
  expect((await smallest(numbers(8), does)).kept).toEqual(needed)
})

test('it takes about as many tries as there are parts, and few if little is needed', async () => {
  let tries = 0
  await smallest(numbers(1_000), async (list) => {
    tries += 1
    return list.includes(700)
  })
  expect(tries).toBeLessThan(40)
})

test('when nobody waits any more, the best so far is what there is', async () => {
  let tries = 0
  const seen: number[] = []
  const does = async (list: readonly number[]) => ((tries += 1) > 3 ? undefined : list.includes(0))
  const { kept, isSmallest } = await smallest(numbers(16), does, (list) => seen.push(list.length))
  expect(isSmallest).toBe(false)
  expect(kept.length).toBe(seen.at(-1))
  expect(kept.length).toBeLessThan(16)
})
