import { spawnSync } from 'node:child_process'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runnable } from '../fixtures/runnable.ts'
import { tempFolder } from '../fixtures/temp-folder.ts'
import { makeFolder } from './make-folder.ts'

test('makes a folder and those above it, once or again', () => {
  using top = tempFolder()
  const path = join(top.path, 'a', 'b', 'c')
  makeFolder(path)
  makeFolder(path)
  expect(statSync(path).isDirectory()).toBe(true)
})

test('what is no folder is in its way', () => {
  using top = tempFolder()
  const file = join(top.path, 'file')
  writeFileSync(file, '')
  expect(() => makeFolder(file)).toThrow('EEXIST')
  expect(() => makeFolder(join(file, 'a'))).toThrow('ENOTDIR')
  mkdirSync(join(top.path, 'folder'))
  expect(() => makeFolder(join(top.path, 'folder', 'a\0b'))).toThrow('null bytes')
})

// In a process of its own: what goes on for ever in it ends with it.
describe.runIf(process.platform === 'linux')('below a virtual file system', () => {
  test.for(['/proc/none', '/proc/none/history'])('%s is refused', async (path) => {
    const module = await runnable('src/make-folder.ts')
    const program = `const { makeFolder } = await import(${JSON.stringify(module)}); makeFolder(${JSON.stringify(path)})`
    const { stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 10_000,
      encoding: 'utf8',
    })
    expect(stderr).toContain('ENOENT')
    expect(status).toBe(1)
  })
})
