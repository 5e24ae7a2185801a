import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { goSum, mergeSums, sumOf } from './go-sums.ts'

const folder = fileURLToPath(new URL('../../tidb-server/', import.meta.url))
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('/go.sum'))
  .map((name) => name.replace('/go.sum', ''))
  .toSorted()

test('each go.sum comes out of the merged one as it went in', () => {
  expect(names).toEqual(['pd', 'storage-node', 'toxiproxy', 'v8.5.4', 'v8.5.6'])
  const sums = Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}${name}/go.sum`, 'utf8')]))
  const merged = mergeSums(sums)
  for (const name of names) {
    expect(sumOf(merged, name)).toBe(sums[name])
    expect(goSum(`${folder}${name}`)).toBe(sums[name])
  }
  expect(merged.length).toBeLessThan(0.7 * Object.values(sums).join('').length)
})

test('lines in an order that no merged one can have are refused', () => {
  expect(() => mergeSums({ one: 'a\nb\n', other: 'b\na\n' })).toThrow('contradict each other')
  expect(() => sumOf(mergeSums({ one: 'a\n' }), 'other')).toThrow('no go.sum of other: there are one')
})
