import { expect, test } from 'vitest'
import { chanceAbove } from './student-t.ts'

// The tables of the t distribution, such as https://www.itl.nist.gov/div898/handbook/eda/section3/eda3672.htm
test.for([
  [6.314, 1, 0.05],
  [31.821, 1, 0.01],
  [2.92, 2, 0.05],
  [9.925, 2, 0.005],
  [2.353, 3, 0.05],
  [2.132, 4, 0.05],
  [3.365, 5, 0.01],
  [1.895, 7, 0.05],
  [2.764, 10, 0.01],
  [1.699, 29, 0.05],
] as const)('t of %d with %i degrees of freedom is exceeded with %d', ([t, degrees, chance]) => {
  expect(chanceAbove(t, degrees)).toBeCloseTo(chance, 4)
  expect(chanceAbove(-t, degrees)).toBeCloseTo(1 - chance, 4)
  expect(chanceAbove(0, degrees)).toBeCloseTo(0.5, 10)
})
