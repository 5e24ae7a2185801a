import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { tempFolder } from '../../fixtures/temp-folder.ts'

const root = new URL('../..', import.meta.url)

test('the command of docs/data.md writes its file', { timeout: 60_000 }, async () => {
  const docs = readFileSync(new URL('docs/data.md', root), 'utf8')
  const [, command = ''] = /```sh\n(npx node fixtures\/generate-data\.ts .*) > orders\.csv\.gz\n```/.exec(docs) ?? []
  expect(command).not.toBe('')
  using temp = tempFolder()
  const file = join(temp.path, 'orders.csv.gz')
  await promisify(execFile)('sh', ['-c', `${command} > "${file}"`], { cwd: root })
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')
  expect(lines).toHaveLength(100_000)
  expect(lines[0]).toMatch(/^"?1"?,"?\d{1,8}\.\d\d"?,/)
  const without = lines.filter((line) => line.endsWith(',\\N')).length
  expect(without / lines.length).toBeCloseTo(0.1, 1)
})
