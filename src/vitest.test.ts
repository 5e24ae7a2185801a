import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runVitest } from '../fixtures/run-vitest.ts'
import { tempFolder } from '../fixtures/temp-folder.ts'

// What docs/vitest.md says of vitest. If this fails after an update of vitest, that page is out of date.

test('what vitest reports as green', { timeout: 60_000 }, async () => {
  using folder = tempFolder()
  const junit = join(folder.path, 'junit.xml')
  const blobs = join(folder.path, 'blobs')
  const shard = (name: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
    runVitest('green', { args: ['--reporter=blob', `--outputFile.blob=${join(blobs, name)}`, ...args], env })

  const args = ['--reporter=verbose', '--reporter=junit', `--outputFile.junit=${junit}`]
  const [{ status, output }, broken] = await Promise.all([
    shard('blob-1-2.json', args),
    shard('blob-2-2.json', [], { BREAK: 'true' }),
  ])
  expect(output).toContain('5 expected fail')
  expect(status).toBe(0)
  expect(output.indexOf('the next test begins')).toBeLessThan(output.indexOf('the body goes on'))
  expect(output).toContain('order: fixture clean-up\nonTestFinished\nonTestFailed\n')
  expect(output).toMatch(/skipped .*\[for this reason\]/)
  expect(output).toContain('(retry x1)')

  const xml = readFileSync(junit, 'utf8')
  expect(xml).toContain('<skipped/>')
  expect(xml).not.toMatch(/for this reason|retry|<failure/)

  expect(broken.status).toBe(1)
  const merged = await runVitest('green', { args: [`--merge-reports=${blobs}`, '--reporter=default'] })
  expect(merged.output).toContain('Test Files  1 passed (1)')
  expect(merged.output).not.toContain('no server')
  expect(merged.status).toBe(0)
})
