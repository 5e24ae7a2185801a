import { existsSync, mkdtempSync, rmSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checksum } from './checksum.ts'
import { UNUSED_AFTER_MS } from './unused.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-checksum-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a sum that nobody has asked for in 30 days is forgotten with the next one that is taken', async () => {
  const long = (Date.now() - UNUSED_AFTER_MS - 60_000) / 1_000
  for (const name of ['gone', 'used', 'new']) writeFileSync(join(folder, name), name)
  const sum = (name: string) => checksum(join(folder, name), folder)
  await sum('gone')
  const stamps = join(folder, 'checksums')
  const [ofGone = ''] = readdirSync(stamps)
  const first = await sum('used')
  for (const stamp of readdirSync(stamps)) utimesSync(join(stamps, stamp), long, long)
  expect(await sum('used')).toBe(first)
  await sum('new')
  expect(existsSync(join(stamps, ofGone))).toBe(false)
  expect(readdirSync(stamps)).toHaveLength(2)
})
