import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StockFolder } from './stock-folder.ts'

let path: string
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'vitest-tidb-stock-'))
})
afterEach(() => rmSync(path, { recursive: true }))

test('what one has taken, another does not get', () => {
  const [one, other] = [new StockFolder(path), new StockFolder(path)]
  one.create()
  for (let index = 0; index < 10; index += 1) one.put(`db_${index}`, 'ready')
  const taken = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? one : other).take())
  expect(new Set(taken).size).toBe(10)
  expect(one.take()).toBeUndefined()
  expect(one.list('used')).toHaveLength(10)
})

test('a move that somebody else was quicker with is told', () => {
  const stock = new StockFolder(path)
  stock.create()
  stock.put('db', 'returned')
  expect(stock.move('db', 'returned', 'ready')).toBe(true)
  expect(stock.move('db', 'returned', 'dirty')).toBe(false)
})
