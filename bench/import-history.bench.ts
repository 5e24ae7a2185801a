import { closeSync, openSync, writeSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { tempFolder } from '../fixtures/temp-folder.ts'
import { importSummary } from '../specs/import-history/import-summaries.ts'
import { FolderHistory } from '../src/import-history/folder-history.ts'
import { toLine } from '../src/import-history/record-line.ts'
import { quantile, row } from './paired.ts'

const LINES = 1_000_000
const BATCH = 5_000
const ROUNDS = 15
const LIMIT_MS = 50
const LIMIT_MB = 20
const FIRST = Date.parse('2000-01-01T00:00:00Z')
const MINUTE_MS = 60_000

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

test('the last 20 runs out of 1,000,000', { timeout: 300_000 }, async () => {
  using folder = tempFolder()
  const { name } = importSummary(0)
  const history = new FolderHistory(folder.path)
  const file = openSync(history.pathOf(name), 'w')
  for (let at = 0; at < LINES; at += BATCH) {
    writeSync(file, Array.from({ length: BATCH }, (_, more) => `${lineOf(at + more)}\n`).join(''))
  }
  closeSync(file)
  const last = async () => {
    const { summaries } = await history.last(name, 20, { outcome: 'finished' })
    expect(summaries.at(-1)?.jobId).toBe(String(LINES - 1))
  }
  await last()
  gc()
  const before = process.memoryUsage().rss
  await last()
  const most = (process.memoryUsage().rss - before) / 1e6
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now()
    await last()
    times.push(performance.now() - began)
  }
  const median = quantile(times, 0.5)
  const cells = ['the last 20 of 1,000,000 runs', `${median.toFixed(0)} ms`, '', '', `${most.toFixed(0)} MB`, '']
  row([
    ...cells,
    `< ${LIMIT_MS} ms, < ${LIMIT_MB} MB`,
    `${ROUNDS} rounds, the slowest ${Math.max(...times).toFixed(0)} ms`,
  ])
  expect(median).toBeLessThan(LIMIT_MS)
  expect(most).toBeLessThan(LIMIT_MB)
})

function lineOf(run: number): string {
  const at = new Date(FIRST + run * MINUTE_MS).toISOString()
  return toLine(importSummary(0, { at, createdAt: at, jobId: String(run) }))
}
