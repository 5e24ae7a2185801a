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

test('a folder that something cleared names the setting', () => {
  const stock = new StockFolder(join(path, 'stock'))
  stock.create()
  rmSync(join(path, 'stock'), { recursive: true })
  expect(() => stock.take()).toThrow(/ENOENT[^]*TMPDIR has to be a folder that exists, and that nothing clears/)
  expect(() => stock.put('db', 'used')).toThrow('TMPDIR')
})

// Nobody may write there, root neither.
test.runIf(process.platform === 'linux')('a folder that can not be written names the setting', () => {
  expect(() => new StockFolder('/sys/kernel/vitest-tidb').create()).toThrow(/E(?:ROFS|PERM|ACCES)[^]*TMPDIR/)
})

test('a move that somebody else was quicker with is told', () => {
  const stock = new StockFolder(path)
  stock.create()
  stock.put('db', 'returned')
  expect(stock.move('db', 'returned', 'ready')).toBe(true)
  expect(stock.move('db', 'returned', 'dirty')).toBe(false)
})
