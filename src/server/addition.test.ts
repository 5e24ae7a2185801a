import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packageFile } from '../package-files.ts'
import { layAddition, layModule } from './recipe.ts'

const edits = JSON.parse(readFileSync(packageFile('tidb-server/unistore/edits.json'), 'utf8')) as {
  file: string
  find: string[]
  put: string[]
}[]
const FILES = [...new Set(edits.map(({ file }) => file))]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-addition-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A module with the lines that are edited, so many times each. */
function source(times: number): string {
  const module = join(folder, 'source')
  for (const part of ['br', 'cmd', 'dumpling', 'lightning', 'pkg']) mkdirSync(join(module, part), { recursive: true })
  writeFileSync(join(module, 'go.mod'), '')
  for (const file of FILES) {
    mkdirSync(dirname(join(module, file)), { recursive: true })
    const lines = edits.filter((edit) => edit.file === file).flatMap(({ find }) => find)
    writeFileSync(join(module, file), ['package here', ...Array(times).fill(lines).flat(), ''].join('\n'))
    writeFileSync(join(module, file.replace('.go', '_test.go')), 'package here\n')
  }
  layModule('v8.5.6', folder)
  return module
}

test('the addition is laid beside the source, which go.mod then names', async () => {
  await layAddition(source(1), folder)
  for (const { file, put } of edits) {
    expect(readFileSync(join(folder, 'tidb', file), 'utf8').split('\n')).toEqual(expect.arrayContaining(put))
  }
  for (const added of ['util/lockwaiter/waits.go', 'tikv/lock_traces.go']) {
    const text = readFileSync(packageFile(join('tidb-server/unistore', added)), 'utf8')
    expect(readFileSync(join(folder, 'tidb/pkg/store/mockstore/unistore', added), 'utf8')).toBe(text)
  }
  expect(() => readFileSync(join(folder, 'tidb/pkg/store/mockstore/unistore/util/lockwaiter/waits_test.go'))).toThrow(
    /ENOENT/,
  )
  expect(readFileSync(join(folder, 'go.mod'), 'utf8')).toMatch(/\nreplace github\.com\/pingcap\/tidb => \.\/tidb\n$/)
  expect(() => readFileSync(join(folder, 'tidb', FILES[0]?.replace('.go', '_test.go') ?? ''))).toThrow(/ENOENT/)
})

test.each([0, 2])('a source in which the edited lines stand %d times is not built', async (times) => {
  await expect(layAddition(source(times), folder)).rejects.toThrow(
    /source of tidb-server is not what its recipe was made for: .*lockwaiter\.go has these lines \d times, not once/,
  )
})
