import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest-tidb'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { test } from './test.ts'

interface Report {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly meta: { readonly met?: unknown } }[]
  }[]
}

test(
  'the shards of one run meet, and their reports become one',
  { timeout: 180_000 },
  async ({ group, groupExists }) => {
    using folder = tempFolder()
    const env = { ...serverEnv(), GROUP: group }
    const shard = (number: number) =>
      runVitest('shards', {
        env,
        args: [
          `--shard=${number}/2`,
          '--reporter=default',
          '--reporter=blob',
          `--outputFile.blob=${join(folder.path, `${number}.json`)}`,
        ],
      })
    const shards = await Promise.all([shard(1), shard(2)])
    expect(shards.map(({ status }) => status)).toEqual([0, 0])
    const files = shards.map(({ output }) => / ✓ (one|two)\.spec\.ts/.exec(output)?.[1])
    expect(new Set(files)).toEqual(new Set(['one', 'two']))
    expect(await groupExists()).toBe(false)

    const file = join(folder.path, 'merged', 'report.json')
    const merged = await runVitest('shards', {
      args: [`--merge-reports=${folder.path}`, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    })
    expect(merged.status).toBe(0)
    expect(merged.output).toContain('2 passed')
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report
    expect(report.numPassedTests).toBe(2)
    const metas = report.testResults.flatMap(({ assertionResults }) => assertionResults.map(({ meta }) => meta.met))
    const both = expect.toSatisfy((names: string[]) => names.toSorted().join() === 'one,two') as unknown
    expect(metas).toEqual([
      { parties: both, in: group },
      { parties: both, in: group },
    ])
  },
)
