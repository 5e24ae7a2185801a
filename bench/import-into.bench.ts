import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest-tidb'
import { bigInteger, date, fullName, generate, integer, sequence } from '../src/data/index.ts'
import { tempFolder } from '../fixtures/temp-folder.ts'
import { pairs, report } from './paired.ts'

// With two threads: by default it uses half of the cores.
const LIMIT = 0.7
const ROWS = 300_000
const LONG = { within: '5m' }

test('IMPORT INTO against LOAD DATA LOCAL of the same file', { timeout: 900_000 }, async ({ cluster, tidbPool }) => {
  using folder = tempFolder()
  const path = join(folder.path, 'orders.csv')
  const columns = {
    id: sequence(),
    customer: integer({ max: 100_000 }),
    name: fullName(),
    amount: bigInteger(),
    day: date(),
  }
  const data = generate({ seed: 7, rows: ROWS, columns })
  await pipeline(data.csv(), createWriteStream(path))
  const session = tidbPool.session('importer', { node: cluster.nodes[0] })
  let number = 0
  /** Brings the file into a new table, and says how long the statement took, in ms. */
  const timed = async (bring: (table: string) => PromiseLike<unknown>): Promise<number> => {
    const table = `orders_${(number += 1)}`
    await session.query(`create table ${table} (id bigint primary key, customer int, name varchar(80), amount bigint,
      day date, key (customer), key (day))`)
    const started = performance.now()
    await bring(table)
    const took = performance.now() - started
    expect(await session.query(`select count(*) as count from ${table}`)).toEqual([{ count: ROWS }])
    await session.query(`drop table ${table}`)
    return took
  }
  const imported = () => timed((table) => session.query(`import into ${table} from ? with thread=2`, [path], LONG))
  const loaded = () =>
    timed((table) =>
      session.query(
        `load data local infile 'orders.csv' into table ${table} fields terminated by ',' enclosed by '"' escaped by '\\\\'`,
        [],
        { ...LONG, localInfile: () => createReadStream(path) },
      ),
    )
  const result = await pairs(imported, loaded, { rounds: 3, warmup: 0 })
  report(`IMPORT INTO of ${ROWS} rows`, 'LOAD DATA LOCAL of the same file', result, `≤ ${LIMIT}`)
  expect(result.ratio).toBeLessThanOrEqual(LIMIT)
})
