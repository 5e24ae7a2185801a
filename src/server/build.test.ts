import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { alive } from '../../fixtures/alive.ts'
import { loadConfig, NONE } from '../config/config.ts'
import { buildBinary, builtBinary } from './build.ts'
import { checksum } from './checksum.ts'
import { recipeSum, tidbRecipe } from './recipe.ts'

let cacheDir: string
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'vitest-tidb-build-'))
})
afterEach(() => rmSync(cacheDir, { recursive: true }))

const sum = () => recipeSum(tidbRecipe('v8.5.6') ?? { facts: [], files: [] }).slice(0, 16)

async function built(content: string, recipe = sum()) {
  const folder = join(cacheDir, 'tidb-server', 'v8.5.6', recipe)
  mkdirSync(folder, { recursive: true })
  const binary = join(folder, 'tidb-server')
  writeFileSync(binary, content)
  writeFileSync(join(folder, 'tidb-server.sha256'), `${await checksum(binary, cacheDir)}\n`)
  return binary
}

const config = () => loadConfig({ options: { cacheDir }, env: NONE, envFile: false }).config
const find = () => builtBinary(config())

test('a binary that was built is found', async () => {
  expect(await find()).toBeUndefined()
  const binary = await built('program')
  expect(await find()).toBe(binary)
})

test('one that was built by another recipe is not', async () => {
  await built('program', 'another')
  expect(await find()).toBeUndefined()
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

test.runIf(process.platform === 'linux')('a build whose lock is lost ends, with its processes', async () => {
  const bin = join(cacheDir, 'bin')
  const folder = join(cacheDir, 'tidb-server', 'v8.5.6')
  for (const name of [bin, join(folder, 'build-of-a-dead-process')]) mkdirSync(name, { recursive: true })
  writeFileSync(join(folder, 'tidb-server.sha256.1.partial'), '')
  const go = 'if [ "$1" = env ]; then echo go1.26.0; exit; fi\nsleep 60 & echo $! > "$0.compiler"; wait\n'
  writeFileSync(join(bin, 'go'), `#!/bin/sh\n${go}`, { mode: 0o755 })
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env.PATH}`)
  const building = buildBinary(config(), {})
  building.catch(() => undefined)
  const compiler = join(bin, 'go.compiler')
  await vi.waitUntil(() => existsSync(compiler) && readFileSync(compiler, 'utf8') !== '', { timeout: 10_000 })
  expect(readdirSync(folder).filter((name) => /^build-|partial$/.test(name))).toHaveLength(1)
  rmSync(`${folder}.lock`, { recursive: true })
  await expect(building).rejects.toThrow(/^the lock .*v8\.5\.6\.lock was lost while this process held it/)
  await vi.waitUntil(() => !alive(Number(readFileSync(compiler, 'utf8'))), { timeout: 10_000 })
  expect(readdirSync(folder)).toEqual([])
})
