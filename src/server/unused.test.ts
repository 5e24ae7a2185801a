import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearUnused, noteUse } from './unused.ts'

const DAY_S = 24 * 3_600
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-unused-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function entry(name: string, daysAgo: number): string {
  const path = join(folder, name)
  mkdirSync(path)
  writeFileSync(join(path, 'data'), 'x')
  const then = Date.now() / 1_000 - daysAgo * DAY_S
  utimesSync(path, then, then)
  return path
}

test('what was not used for 30 days goes, and nothing else', () => {
  entry('aaaa', 31)
  entry('bbbb', 29)
  entry('other.lock', 31)
  noteUse(entry('cccc', 400))
  clearUnused(folder, /^[a-f]{4}$/)
  expect(readdirSync(folder)).toEqual(['bbbb', 'cccc', 'other.lock'])
})

test('what is not there is no fault', () => {
  noteUse(join(folder, 'nothing'))
  clearUnused(join(folder, 'nothing'), /./)
  expect(readdirSync(folder)).toEqual([])
})
