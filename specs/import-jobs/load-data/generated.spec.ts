import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest-tidb'
import { tempFolder } from '../../../fixtures/temp-folder.ts'
import { decimal, defaults, email, fullName, generate, nulls, oneOf, sequence, text } from '../../../src/data/index.ts'

// The blocks of docs/data.md.

// generate {
const orders = generate({
  seed: 7,
  rows: 10_000,
  columns: {
    id: sequence(),
    customer: fullName(),
    email: email({ unique: true }),
    amount: decimal(10, 2, { min: 0, max: '999.99' }),
    note: nulls(text({ length: { min: 5, max: 60 } }), 0.2),
  },
})
// }

test('a table is filled by LOAD DATA LOCAL', async ({ tidb }) => {
  await tidb.query(`create table orders (id bigint primary key, customer varchar(80), email varchar(100),
    amount decimal(10, 2), note varchar(60))`)
  // load {
  await tidb.query("load data local infile 'orders.tsv' into table orders", [], { localInfile: () => orders.tsv() })
  expect(await tidb.query(orders.checksumQuery('orders'))).toEqual([orders.checksum()])
  // }
})

test('a table is filled by INSERT', async ({ tidb }) => {
  await tidb.query(`create table orders (id bigint primary key, customer varchar(80), email varchar(100),
    amount decimal(10, 2), note varchar(60))`)
  // insert {
  for (const insert of orders.inserts({ table: 'orders' })) await tidb.query(insert)
  // }
  expect(await tidb.query(orders.checksumQuery('orders'))).toEqual([orders.checksum()])
})

test('a file is written', async ({ tidb }) => {
  await tidb.connecting()
  using folder = tempFolder()
  const path = join(folder.path, 'orders.csv.gz')
  // file {
  await pipeline(orders.csv({ header: true, gzip: true }), createWriteStream(path))
  // }
  expect((await stat(path)).size).toBeGreaterThan(100_000)
})

test('the default of the table', async ({ tidb }) => {
  // defaults {
  await tidb.query("create table item (id bigint primary key, state varchar(10) not null default 'new')")
  const state = defaults(oneOf(['paid', 'sent']), { rate: 0.3, is: 'new' })
  const items = generate({ seed: 7, rows: 1_000, columns: { id: sequence(), state } })
  await tidb.query(
    "load data local infile 'items.tsv' into table item (id, @state) set state = ifnull(@state, 'new')",
    [],
    { localInfile: () => items.tsv() },
  )
  expect(await tidb.query(items.checksumQuery('item'))).toEqual([items.checksum()])
  // }
})
