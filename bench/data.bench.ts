import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { tempFolder } from '../fixtures/temp-folder.ts'
import { formatQuantity, formatRate } from '../src/number-format.ts'
import { quantile, row } from './paired.ts'

const ROWS = 1_000_000
const RATE = 200_000
const MEMORY_MIB = 100
const ROUNDS = 3

/**
 * A process that makes ten columns and reads them to the end. It prints what that took. Its memory is looked at on the
 * way: what the system says of the most that it had would begin with that of the process that started it.
 */
const PROGRAM = `
import * as d from './data.js'
const columns = {
  id: d.sequence(), customer: d.integer({ min: 1, max: 1_000_000 }), name: d.fullName(), email: d.email({ unique: true }),
  city: d.city(), amount: d.decimal(10, 2, { min: 0 }), state: d.oneOf(['new', 'paid', 'sent'], { weights: [1, 2, 7] }),
  placed: d.dateTime(), note: d.nulls(d.text({ length: { min: 5, max: 60 } }), 0.2), active: d.boolean(),
}
const data = d.generate({ seed: 7, rows: ${ROWS}, columns })
const begun = process.cpuUsage()
let bytes = 0
let rss = 0
let pieces = 0
const [format, gzip] = process.argv.slice(1)
for await (const piece of data[format]({ table: 'orders', gzip: gzip === 'gzip' })) {
  bytes += piece.length
  pieces += 1
  if (pieces % 16 === 0) rss = Math.max(rss, process.memoryUsage.rss())
}
const { user, system } = process.cpuUsage(begun)
const mib = Math.max(rss, process.memoryUsage.rss()) / 2 ** 20
console.log(JSON.stringify({ bytes, cpuMs: (user + system) / 1000, mib }))
`

interface Run {
  readonly bytes: number
  /** Time of all threads on their cores, those of the garbage collection included. */
  readonly cpuMs: number
  /** The most memory that the process had at once, Node and the library included. */
  readonly mib: number
}

test.for([['csv'], ['tsv'], ['sql'], ['csv', 'gzip']])('%s', { timeout: 600_000 }, async (format) => {
  using folder = tempFolder()
  // As it is shipped: from source, Node would take the memory for stripping types too.
  const bundle = await rolldown({ input: join(import.meta.dirname, '../src/data/index.ts'), platform: 'node' })
  await bundle.write({ file: join(folder.path, 'data.js'), format: 'esm' })
  await bundle.close()
  const runs: Run[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const args = ['--input-type=module', '-e', PROGRAM, '--', ...format]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder.path })
    runs.push(JSON.parse(stdout) as Run)
  }
  const rate = quantile(
    runs.map(({ cpuMs }) => (ROWS / cpuMs) * 1_000),
    0.5,
  )
  const memory = quantile(
    runs.map(({ mib }) => mib),
    0.5,
  )
  const name = `${formatQuantity(ROWS, 'row')} of ten columns as ${format.join(', ')}`
  const speed = `${formatRate(rate)} per core`
  const limit = `≥ ${formatRate(RATE)}, < ${MEMORY_MIB} MiB`
  row([name, speed, '', '', `${memory.toFixed(0)} MiB in all`, '', limit, `${ROUNDS} runs`])
  expect(memory).toBeLessThan(MEMORY_MIB)
  expect(rate).toBeGreaterThanOrEqual(RATE)
})
