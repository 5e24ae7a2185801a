import { readFileSync } from 'node:fs'
import * as zlib from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe } from 'vitest'
import { expect, type ImportJobs, type Session } from 'vitest-tidb'
import { clusterImportTest } from '../../../fixtures/cluster-imports.ts'
import {
  outcomeOf,
  parquetOfTypes,
  parquetTypes,
  type ParquetType,
} from '../../../fixtures/import-cases/parquet-types.ts'
import type { ServerFiles } from '../../../fixtures/import-cases/server-files.ts'
import { snappyFramed, snappyRaw } from '../../../fixtures/import-cases/snappy.ts'

// What IMPORT INTO makes of Parquet types, of files in many parts and of compressed ones, release by release:
// docs/import-files.md has it as tables. All on a cluster that the tests of this file share.

const RUN = { timeout: 120_000 }
const WITHIN = { within: '100s' }

const test = clusterImportTest.extend('release', ({ cluster }): string => cluster.nodes[0]?.release ?? '')

// What becomes of Parquet types is of a release.
const SEEN_ON = ['v8.5.6', 'v8.5.4']
const whyOther = `the page has what was seen on ${SEEN_ON.join(' and ')}`

// Since Node 22.15.
const zstd = (zlib as Partial<typeof zlib>).zstdCompressSync
const WHY_NO_ZSTD = `Node ${process.version} has no Zstandard`

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
    skip(!SEEN_ON.includes(release), whyOther)
    const types = parquetTypes.flatMap((type) => {
      const outcome = outcomeOf(type, release)
      return outcome === undefined || 'fails' in outcome ? [] : [{ ...type, outcome }]
    })
    await session.query(IN_TOKYO)
    await session.query(`create table types (id int primary key, ${columnsOf(types)})`)
    const path = folder.write('types.parquet', parquetOfTypes(types))
    await session.query("import into types from ? format 'parquet'", [path], WITHIN)
    const found: unknown[] = []
    for (const [at, { type, into, data }] of types.entries()) {
      const stored = await valuesOf(session, 'types', `c${at}`, into)
      found.push({ type, into, stored: stored.slice(0, data.length) })
    }
    expect(found).toEqual(types.map(({ type, into, outcome }) => ({ type, into, stored: outcome })))
  })

  test('types that fail the job', RUN, async ({ session, jobs, folder, release, skip }) => {
    skip(!SEEN_ON.includes(release), whyOther)
    const started: (readonly [ParquetType, string, string])[] = []
    for (const [at, each] of parquetTypes.entries()) {
      const outcome = outcomeOf(each, release)
      if (outcome === undefined || !('fails' in outcome)) continue
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
    skip(!SEEN_ON.includes(release), whyOther)
    await session.query(IN_TOKYO)
    await session.query('create table int96 (id int primary key, moment datetime(6), amount decimal(9, 2))')
    const path = folder.write('int96.parquet', made('from-pyarrow.parquet'))
    await session.query("import into int96 from ? format 'parquet'", [path], WITHIN)
    // The second is of the year 1, which is no such time in nanoseconds.
    expect(await valuesOf(session, 'int96', 'moment')).toEqual(
      release === 'v8.5.4'
        ? ['2024-01-31 21:34:56.789123', '0001-01-01 09:00:00.000000', null]
        : ['2024-01-31 12:34:56.789123', '1754-08-30 22:43:41.128655', null],
    )
    expect(await valuesOf(session, 'int96', 'amount')).toEqual(['-1.50', null, release === 'v8.5.4' ? '-1.50' : '1.50'])
  })

  test('lists', RUN, async ({ session, folder, release, skip }) => {
    skip(!SEEN_ON.includes(release), whyOther)
    await session.query('create table lists (id int primary key, c json)')
    const path = folder.write('lists.parquet', made('lists.parquet'))
    const failure = await refusal(session, 'lists', path, "format 'parquet'")
    // Of [1, 2] and [3].
    if (release === 'v8.5.4') expect(failure).toContain('unknown value')
    else expect(await valuesOf(session, 'lists', 'c')).toEqual(['1', '2'])
  })

  test('pages that are compressed', RUN, async ({ session, folder, release, skip }) => {
    skip(!SEEN_ON.includes(release), whyOther)
    const compressors = {
      GZIP: (page: Uint8Array) => zlib.gzipSync(page),
      BROTLI: (page: Uint8Array) => zlib.brotliCompressSync(page),
      ...(zstd !== undefined && { ZSTD: zstd }),
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
      const failure = await refusal(session, `of_${codec}`, path, "format 'parquet'")
      if (codec === 'BROTLI' && release === 'v8.5.4') expect(failure).toContain('index out of range')
      else expect(await valuesOf(session, `of_${codec}`, 'note'), codec).toEqual([text, null])
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

describe('compressed CSV', () => {
  const TEXT = '1,one\n2,two\n'
  const gzip = zlib.gzipSync(TEXT)

  /** What becomes of each file, in a table of its own: the names in it, or what its import fails with. */
  async function outcomesOf(
    files: Readonly<Record<string, string | Buffer>>,
    { session, jobs, folder }: { session: Session; jobs: ImportJobs; folder: ServerFiles },
  ): Promise<Record<string, unknown>> {
    const given = Object.entries(files).map(([name, content]) => {
      return { name, table: name.replaceAll('.', '_'), path: folder.write(name, content) }
    })
    for (const { table } of given) await session.query(`create table ${table} (id int primary key, name varchar(20))`)
    const outcomes = given.map(async ({ name, table, path }) => {
      // What is wrong with the file as such may be said at once.
      const start = jobs.start(`import into ${table} from ? with thread=1`, { values: [path] })
      const job = await start.then(
        (started) => started.ended(WITHIN),
        (error: Error) => error.message,
      )
      if (typeof job === 'string') return [name, job] as const
      return [name, job.status === 'finished' ? await valuesOf(session, table, 'name') : job.resultMessage] as const
    })
    return Object.fromEntries(await Promise.all(outcomes))
  }

  test('by the end of the name', RUN, async ({ session, jobs, folder }) => {
    const files = { 'a.csv.gz': gzip, 'b.csv.gzip': gzip, 'c.CSV.GZ': gzip, 'd.csv.snappy': snappyFramed(TEXT) }
    const outcomes = await outcomesOf(files, { session, jobs, folder })
    expect(outcomes).toEqual(Object.fromEntries(Object.keys(files).map((name) => [name, ['one', 'two']])))
  })

  test('by Zstandard', RUN, async ({ session, jobs, folder, skip }) => {
    skip(zstd === undefined, WHY_NO_ZSTD)
    const packed = zstd?.(TEXT) ?? ''
    const files = { 'e.csv.zst': packed, 'f.csv.zstd': packed, 'packed_by_zstd.csv.gz': packed }
    expect(await outcomesOf(files, { session, jobs, folder })).toEqual({
      ...{ 'e.csv.zst': ['one', 'two'], 'f.csv.zstd': ['one', 'two'] },
      'packed_by_zstd.csv.gz': expect.stringContaining('gzip: invalid header') as string,
    })
  })

  test('under a name that says otherwise', RUN, async ({ session, jobs, folder }) => {
    const said = {
      'plain.csv.gz': [TEXT, 'gzip: invalid header'],
      'plain.csv.zst': [TEXT, 'invalid input: magic number mismatch'],
      'plain.csv.snappy': [TEXT, 's2: corrupt input'],
      'raw.csv.snappy': [snappyRaw(TEXT), 's2: corrupt input'],
      'packed.csv': [gzip, 'Truncated incorrect DOUBLE value'],
      'packed.csv.zst': [gzip, 'invalid input: magic number mismatch'],
      'plain.csv.lz4': [TEXT, 'the file suffix is not supported when import from server disk'],
    } as const
    const files = Object.fromEntries(Object.entries(said).map(([name, [content]]) => [name, content]))
    expect(await outcomesOf(files, { session, jobs, folder })).toEqual(
      Object.fromEntries(Object.entries(said).map(([name, [, why]]) => [name, expect.stringContaining(why)])),
    )
  })

  test('cut short: rows are missing, and no error says so', RUN, async ({ session, jobs, folder }) => {
    // Numbers of one length: a row that is cut is none that was there before.
    const text = Array.from({ length: 20_000 }, (_, at) => `${100_000 + at},${(at * 7_919) % 10_007}\n`).join('')
    const half = (packed: Buffer) => packed.subarray(0, packed.length / 2)
    const short = {
      'cut.csv.gz': half(zlib.gzipSync(text)),
      ...(zstd !== undefined && { 'cut.csv.zst': half(zstd(text)) }),
    }
    const files = { ...short, 'cut.csv.snappy': snappyFramed(TEXT).subarray(0, -3) }
    const outcomes = await outcomesOf(files, { session, jobs, folder })
    expect(outcomes['cut.csv.snappy']).toContain('s2: corrupt input')
    for (const name of Object.keys(short)) {
      const names = outcomes[name]
      expect(names, name).toBeInstanceOf(Array)
      expect((names as string[]).length, name).toBeLessThan(20_000)
    }
  })
})
