import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe } from 'vitest'
import { expect, type Session } from 'vitest-tidb'
import { clusterImportTest } from '../../../fixtures/cluster-imports.ts'
import { parquetOfTypes, parquetTypes, type ParquetType } from '../../../fixtures/import-cases/parquet-types.ts'

// What IMPORT INTO makes of Parquet types, of files in many parts and of compressed ones, release by release:
// docs/import-files.md has it as tables. All on a cluster that the tests of this file share.

const RUN = { timeout: 120_000 }
const WITHIN = { within: '100s' }

const test = clusterImportTest.extend('release', ({ cluster }): string => cluster.nodes[0]?.release ?? '')

// What becomes of Parquet types is of one release.
const SEEN_ON = 'v8.5.6'
const whyOther = `the page has what was seen on ${SEEN_ON}`

/** The values of a column as text, in hexadecimal if it is binary. */
async function valuesOf(session: Session, table: string, column: string, type = ''): Promise<(string | null)[]> {
  const shown = type.includes('binary') ? `concat('0x', hex(${column}))` : `cast(${column} as char)`
  const rows = await session.query<{ shown: string | null }>(`select ${shown} as shown from ${table} order by id`)
  return rows.map((row) => row.shown)
}

/** What an import that is sent by this session fails with; undefined if it does not. */
async function refusal(session: Session, table: string, path: string, more = ''): Promise<string | undefined> {
  try {
    await session.query(`import into ${table} from ? ${more}`, [path], WITHIN)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

const made = (name: string) => readFileSync(new URL(`../../../fixtures/import-cases/${name}`, import.meta.url))

const columnsOf = (types: readonly ParquetType[]) => types.map(({ into }, at) => `c${at} ${into}`).join(', ')

/** Imports by statements of this session, whose zone it is. */
const IN_TOKYO = "set time_zone = '+09:00'"

describe('Parquet', () => {
  test('types that are stored, rightly or not', RUN, async ({ session, folder, release, skip }) => {
    skip(release !== SEEN_ON, whyOther)
    const types = parquetTypes.filter((type) => !('fails' in type.stored))
    await session.query(IN_TOKYO)
    await session.query(`create table types (id int primary key, ${columnsOf(types)})`)
    const path = folder.write('types.parquet', parquetOfTypes(types))
    await session.query("import into types from ? format 'parquet'", [path], WITHIN)
    const found: unknown[] = []
    for (const [at, { type, into, data }] of types.entries()) {
      const stored = await valuesOf(session, 'types', `c${at}`, into)
      found.push({ type, into, stored: stored.slice(0, data.length) })
    }
    expect(found).toEqual(types.map((each) => ({ type: each.type, into: each.into, stored: each.stored })))
  })

  test('types that fail the job', RUN, async ({ session, jobs, folder, release, skip }) => {
    skip(release !== SEEN_ON, whyOther)
    const started: (readonly [ParquetType, string, string])[] = []
    for (const [at, each] of parquetTypes.entries()) {
      const outcome = each.stored
      if (!('fails' in outcome)) continue
      await session.query(`create table fails_${at} (id int primary key, ${columnsOf([each])})`)
      started.push([each, outcome.fails, folder.write(`fails_${at}.parquet`, parquetOfTypes([each]))])
    }
    await Promise.all(
      started.map(async ([each, fails, values]) => {
        const table = `fails_${parquetTypes.indexOf(each)}`
        const statement = `import into ${table} from ? format 'parquet' with thread=1`
        // What is wrong with the file as such is said at once.
        const job = await jobs.start(statement, { values: [values] }).catch((error: Error) => error.message)
        const said = typeof job === 'string' ? job : (await job.ended(WITHIN)).resultMessage
        expect(said, `${each.type} into ${each.into}`).toContain(fails)
      }),
    )
  })

  test('what pyarrow writes by default, and INT96', RUN, async ({ session, folder, release, skip }) => {
    skip(release !== SEEN_ON, whyOther)
    await session.query(IN_TOKYO)
    await session.query('create table int96 (id int primary key, moment datetime(6), amount decimal(9, 2))')
    const path = folder.write('int96.parquet', made('from-pyarrow.parquet'))
    await session.query("import into int96 from ? format 'parquet'", [path], WITHIN)
    // The second is of the year 1, which is no such time in nanoseconds.
    expect(await valuesOf(session, 'int96', 'moment')).toEqual([
      '2024-01-31 12:34:56.789123',
      '1754-08-30 22:43:41.128655',
      null,
    ])
    expect(await valuesOf(session, 'int96', 'amount')).toEqual(['-1.50', null, '1.50'])
  })

  test('lists', RUN, async ({ session, folder, release, skip }) => {
    skip(release !== SEEN_ON, whyOther)
    await session.query('create table lists (id int primary key, c json)')
    const path = folder.write('lists.parquet', made('lists.parquet'))
    await session.query("import into lists from ? format 'parquet'", [path], WITHIN)
    // Of [1, 2] and [3].
    expect(await valuesOf(session, 'lists', 'c')).toEqual(['1', '2'])
  })

  test('pages that are compressed', RUN, async ({ session, folder, release, skip }) => {
    skip(release !== SEEN_ON, whyOther)
    const compressors = {
      GZIP: (page: Uint8Array) => gzipSync(page),
      BROTLI: (page: Uint8Array) => brotliCompressSync(page),
      // Since Node 22.15.
      ...(typeof zstdCompressSync === 'function' && { ZSTD: (page: Uint8Array) => zstdCompressSync(page) }),
    }
    const text = 'text '.repeat(200)
    const fileOf = (codec: 'UNCOMPRESSED' | 'SNAPPY' | keyof typeof compressors) =>
      parquetWriteBuffer({
        ...{ codec, compressors },
        columnData: [
          { name: 'id', type: 'INT32', data: [1, 2] },
          { name: 'note', type: 'STRING', encoding: 'PLAIN', data: [text, null] },
        ],
      })
    for (const codec of [
      ...(['UNCOMPRESSED', 'SNAPPY'] as const),
      ...(Object.keys(compressors) as (keyof typeof compressors)[]),
    ]) {
      await session.query(`create table of_${codec} (id int primary key, note text)`)
      const path = folder.write(`${codec}.parquet`, new Uint8Array(fileOf(codec)))
      await session.query(`import into of_${codec} from ? format 'parquet'`, [path], WITHIN)
      expect(await valuesOf(session, `of_${codec}`, 'note'), codec).toEqual([text, null])
    }
  })
})

describe('files in many parts', () => {
  test('many, and an empty one among them', RUN, async ({ session, folder }) => {
    await session.query('create table parts (id int primary key, name varchar(20))')
    for (let part = 1; part <= 30; part += 1)
      folder.write(`parts.${part}.csv`, part === 7 ? '' : `${part},part ${part}\n`)
    await session.query('import into parts from ?', [`${folder.path}/parts.*.csv`], WITHIN)
    expect(await session.query('select count(*) as count, sum(id) as sum from parts')).toEqual([
      { count: 29, sum: '458' },
    ])
  })

  test('CSV with headers in another order', RUN, async ({ session, folder }) => {
    await session.query('create table heads (id int primary key, first varchar(20), last varchar(20))')
    folder.write('heads.1.csv', 'id,first,last\n1,Ada,Lovelace\n')
    folder.write('heads.2.csv', 'id,last,first\n2,Hopper,Grace\n')
    await session.query('import into heads from ? with skip_rows=1', [`${folder.path}/heads.*.csv`], WITHIN)
    expect(await valuesOf(session, 'heads', 'first')).toEqual(['Ada', 'Hopper'])
    await session.query('create table heads_2 (id int primary key, first varchar(20), last varchar(20))')
    folder.write('heads.3.csv', 'first,last,id\nEdsger,Dijkstra,3\n')
    expect(await refusal(session, 'heads_2', `${folder.path}/heads.*.csv`, 'with skip_rows=1')).toContain(
      "Truncated incorrect DOUBLE value: 'Edsger'",
    )
  })

  test('Parquet with columns in another order, and one without rows', RUN, async ({ session, folder, release }) => {
    await session.query('create table columns (id int primary key, first varchar(20), last varchar(20))')
    const file = (names: readonly ['id', string, string], ids: readonly number[], texts: readonly string[]) =>
      new Uint8Array(
        parquetWriteBuffer({
          columnData: names.map((name, at) => ({
            name,
            type: at === 0 ? ('INT32' as const) : ('STRING' as const),
            data: at === 0 ? [...ids] : texts.slice(at - 1, at).slice(0, ids.length),
          })),
        }),
      )
    folder.write('columns.1.parquet', file(['id', 'first', 'last'], [1], ['Ada', 'Lovelace']))
    folder.write('columns.2.parquet', file(['id', 'last', 'first'], [2], ['Hopper', 'Grace']))
    folder.write('columns.3.parquet', file(['id', 'first', 'last'], [], []))
    await session.query("import into columns from ? format 'parquet'", [`${folder.path}/columns.*.parquet`], WITHIN)
    expect(await valuesOf(session, 'columns', 'first')).toEqual(['Ada', 'Hopper'])
    await session.query('create table columns_2 like columns')
    folder.write('columns.4.parquet', '')
    expect(await refusal(session, 'columns_2', `${folder.path}/columns.*.parquet`, "format 'parquet'")).toMatch(
      release === 'v8.5.4' ? /seek .*columns\.4\.parquet: invalid argument/ : 'parquet: file too small (size=0)',
    )
  })
})

test('compressed files, by the end of their name', RUN, async ({ session, folder }) => {
  for (const suffix of ['gz', 'gzip']) {
    await session.query(`create table packed_${suffix} (id int primary key, name varchar(20))`)
    const path = folder.write(`packed.csv.${suffix}`, gzipSync('1,one\n2,two\n'))
    await session.query(`import into packed_${suffix} from ?`, [path], WITHIN)
    expect(await valuesOf(session, `packed_${suffix}`, 'name'), suffix).toEqual(['one', 'two'])
  }
})
