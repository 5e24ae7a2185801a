import { expect, test } from 'vitest'
import { configureLimits, demandConfigurable } from './configured-limits.ts'
import { countLimit, useLimits } from './limits.ts'

test('what is configured is stronger than the standard, and weaker than what is given', () => {
  const limits = { most: countLimit(3, 'things') }
  configureLimits({ things: { most: '5' } })
  expect(useLimits('things', limits)).toEqual({ most: 5 })
  expect(useLimits('things', limits, { most: 7 })).toEqual({ most: 7 })
  expect(useLimits('others', limits)).toEqual({ most: 3 })
  configureLimits()
  expect(useLimits('things', limits)).toEqual({ most: 3 })
})

test('names that there are not, and values of another kind, are refused', async () => {
  await demandConfigurable({ 'stores-have-room': { free: '0.1' } })
  await expect(demandConfigurable({ 'stores-have-rom': { free: 1 } })).rejects.toThrow(
    'TIDB_CHECK_LIMITS: there is no check "stores-have-rom"\n  try: did you mean stores-have-room?',
  )
  await expect(demandConfigurable({ 'stores-have-room': { fre: 1 } })).rejects.toThrow('did you mean free?')
  await expect(demandConfigurable({ 'stores-have-room': { free: 'much' } })).rejects.toThrow(
    'TIDB_CHECK_LIMITS: stores-have-room.free is "much"\n  try: give a number from 0 to 1',
  )
})
