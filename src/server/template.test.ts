import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pack, unpack } from './template.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-template-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function fill(): string {
  const data = join(folder, 'data')
  mkdirSync(join(data, 'empty', 'deeper'), { recursive: true })
  writeFileSync(join(data, 'nothing'), '')
  writeFileSync(join(data, 'empty', 'text'), 'some text')
  const log = openSync(join(data, 'log'), 'w')
  writeSync(log, 'begin')
  writeSync(log, 'middle', 5_000_000)
  ftruncateSync(log, 16_000_000)
  closeSync(log)
  return data
}

test('what is unpacked equals what was packed, holes included', () => {
  const data = fill()
  pack(data, join(folder, 'pack'))
  unpack(join(folder, 'pack'), join(folder, 'copy'))
  for (const name of ['nothing', 'empty/text', 'log']) {
    expect(readFileSync(join(folder, 'copy', name)).equals(readFileSync(join(data, name)))).toBe(true)
  }
  expect(existsSync(join(folder, 'copy', 'empty', 'deeper'))).toBe(true)
  // 512-byte blocks: the holes take no room, in the pack or in the copy.
  expect(statSync(join(folder, 'pack', 'data')).size).toBeLessThan(400_000)
  expect(statSync(join(folder, 'copy', 'log')).blocks * 512).toBeLessThan(1_000_000)
})

test('a pack that was cut short is refused', () => {
  pack(fill(), join(folder, 'pack'))
  truncateSync(join(folder, 'pack', 'data'), 100)
  expect(() => unpack(join(folder, 'pack'), join(folder, 'copy'))).toThrow('is cut short')
})

test('a pack replaces the one before it, whole', () => {
  const data = fill()
  pack(data, join(folder, 'pack'))
  writeFileSync(join(data, 'empty', 'text'), 'other text')
  pack(data, join(folder, 'pack'))
  unpack(join(folder, 'pack'), join(folder, 'copy'))
  expect(readFileSync(join(folder, 'copy', 'empty', 'text'), 'utf8')).toBe('other text')
})
