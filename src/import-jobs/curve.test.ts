import { expect, test } from 'vitest'
import { Curve } from './curve.ts'

test('a rate needs two polls, and is that of the last ones', () => {
  const curve = new Curve()
  expect(curve.rate).toBeUndefined()
  curve.add(0, 0)
  expect(curve.rate).toBeUndefined()
  curve.add(1_000, 500)
  expect(curve.rate).toBe(500)
  for (let second = 2; second <= 40; second++) curve.add(second * 1_000, 500 + (second - 1) * 100)
  expect(curve.rate).toBe(100)
})

test('rows that go back are no negative rate', () => {
  const curve = new Curve()
  curve.add(0, 100)
  curve.add(1_000, 0)
  expect(curve.rate).toBe(0)
})

test('what nobody saw has no rate', () => {
  const curve = new Curve()
  curve.add(0, 0)
  curve.add(1_000, 100)
  curve.interrupt()
  expect(curve.rate).toBeUndefined()
  curve.add(60_000, 5_000)
  curve.add(61_000, 5_050)
  expect(curve.rate).toBe(50)
})

test('a hundred thousand polls are a thousand points, with the first and the last among them', () => {
  const curve = new Curve()
  for (let poll = 0; poll < 100_000; poll++) curve.add(poll, poll * 2)
  const all = curve.points(Number.POSITIVE_INFINITY)
  expect(all.length).toBeLessThanOrEqual(1_001)
  expect(all.length).toBeGreaterThan(400)
  const points = curve.points(500)
  expect(points).toHaveLength(500)
  expect(points[0]).toEqual({ ms: 0, rows: 0 })
  expect(points.at(-1)).toEqual({ ms: 99_999, rows: 199_998 })
  expect(points.every(({ ms, rows }) => rows === ms * 2)).toBe(true)
  expect(points.map(({ ms }) => ms)).toEqual(points.map(({ ms }) => ms).toSorted((a, b) => a - b))
})

test('no poll is no curve', () => {
  expect(new Curve().points(500)).toEqual([])
})
