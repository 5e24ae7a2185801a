import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig, NONE } from '../config/config.ts'
import { builtBinary } from './build.ts'
import { checksum } from './checksum.ts'

let cacheDir: string
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'vitest-tidb-build-'))
})
afterEach(() => rmSync(cacheDir, { recursive: true }))

async function built(content: string) {
  const folder = join(cacheDir, 'tidb-server', 'v8.5.6')
  mkdirSync(folder, { recursive: true })
  const binary = join(folder, 'tidb-server')
  writeFileSync(binary, content)
  writeFileSync(join(folder, 'tidb-server.sha256'), `${await checksum(binary, cacheDir)}\n`)
  return binary
}

const find = () => builtBinary(loadConfig({ options: { cacheDir }, env: NONE, envFile: false }).config)

test('a binary that was built is found', async () => {
  expect(await find()).toBeUndefined()
  const binary = await built('program')
  expect(await find()).toBe(binary)
})

test('one that was damaged or cut short is not', async () => {
  const binary = await built('program')
  writeFileSync(binary, 'prog')
  expect(await find()).toBeUndefined()
})

test('one without its sum is half built', async () => {
  const binary = await built('program')
  rmSync(`${binary}.sha256`)
  expect(await find()).toBeUndefined()
})
