import {
  chmodSync,
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
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
  expect(() => unpack(join(folder, 'pack'), join(folder, 'copy'))).toThrow('is damaged')
})

test('a pack replaces the one before it, whole', () => {
  const data = fill()
  pack(data, join(folder, 'pack'))
  writeFileSync(join(data, 'empty', 'text'), 'other text')
  pack(data, join(folder, 'pack'))
  unpack(join(folder, 'pack'), join(folder, 'copy'))
  expect(readFileSync(join(folder, 'copy', 'empty', 'text'), 'utf8')).toBe('other text')
})

test.for(['data', 'index.json'])('a pack whose %s holds wrong bytes, as many as before, is refused', (file) => {
  pack(fill(), join(folder, 'pack'))
  const path = join(folder, 'pack', file)
  const bytes = readFileSync(path)
  const at = file === 'data' ? 2 : bytes.indexOf('16000000') + 1
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(path, bytes)
  expect(() => unpack(join(folder, 'pack'), join(folder, 'copy'))).toThrow('is damaged')
})

test('what can not be packed leaves nothing half packed', () => {
  const data = fill()
  mkdirSync(join(folder, 'pack'))
  writeFileSync(join(folder, 'pack', 'index.json'), 'of before')
  chmodSync(join(data, 'nothing'), 0)
  const isRoot = process.getuid?.() === 0
  if (isRoot) rmSync(data, { recursive: true })
  expect(() => pack(data, join(folder, 'pack'))).toThrow(isRoot ? 'ENOENT' : 'EACCES')
  expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  expect(readdirSync(join(folder, 'pack'))).toEqual(['index.json'])
})
