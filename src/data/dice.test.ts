import { expect, test } from 'vitest'
import { Dice, seedOf } from './dice.ts'

test('the dice of a row show the same each time, in any order', () => {
  const dice = new Dice(seedOf(7, 'id'))
  const forward = [0, 1, 2].map((row) => dice.at(row).bits())
  const back = [2, 1, 0].map((row) => dice.at(row).bits())
  expect(back).toEqual(forward.toReversed())
})

// Whoever changes these numbers changes everybody's data.
test('the numbers are these, on every machine', () => {
  const dice = new Dice(seedOf(7, 'id', 'values')).at(3)
  const numbers = [dice.bits(), dice.fraction(), dice.below(6), dice.below(2 ** 40), dice.belowBig(10n ** 30n)]
  expect(numbers).toMatchInlineSnapshot(`
    [
      2821447460,
      0.48755600149803846,
      0,
      588582442037,
      275304571028546143051625467179n,
    ]
  `)
})

test('rows past 2^32 have numbers of their own', () => {
  const dice = new Dice(1)
  const rows = [0, 2 ** 32, 2 ** 33, 2 ** 40 + 5, 5]
  expect(new Set(rows.map((row) => dice.at(row).bits())).size).toBe(rows.length)
})

test('all sides of the dice come up about as often', () => {
  const dice = new Dice(2)
  const sides = [0, 0, 0, 0, 0, 0]
  for (let row = 0; row < 60_000; row += 1) {
    const side = dice.at(row).below(6)
    sides[side] = (sides[side] ?? 0) + 1
  }
  // Six standard deviations from 10,000.
  for (const count of sides) expect(Math.abs(count - 10_000)).toBeLessThan(550)
})

test('numbers of any size stay below what they are asked to', () => {
  const dice = new Dice(3).at(0)
  for (const count of [1n, 2n, 10n, 2n ** 64n, 10n ** 65n]) {
    for (let draw = 0; draw < 50; draw += 1) {
      const number = dice.belowBig(count)
      expect(number >= 0n && number < count).toBe(true)
    }
  }
})

test('a seed that is a number is not the text of it', () => {
  expect(seedOf(7)).not.toBe(seedOf('7'))
})
