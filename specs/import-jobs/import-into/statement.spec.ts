import { describe } from 'vitest'
import { expect, test as base } from 'vitest-tidb'
import {
  delimitedCases,
  everyKind,
  everyKindTable,
  importOnlyCases,
  people,
  peopleTable,
} from '../../../fixtures/import-cases/cases.ts'
import { importStatement } from '../../../fixtures/import-cases/import-case.ts'
import { parquet } from '../../../fixtures/import-cases/parquet.ts'
import { ServerFiles, whyServerReadsNothing } from '../../../fixtures/import-cases/server-files.ts'

// What IMPORT INTO checks of a statement before it ingests anything: the same on every server, unistore included, where
// a statement that passes all checks then fails because there is no PD. On a cluster it goes on and imports, which
// import-into.spec.ts asks for, option by option.

const NO_PD = /^URL scheme must be http, https, unix, or unixs/

const test = base.extend('folder', async ({ tidbServer, skip }, { onCleanup }) => {
  const why = whyServerReadsNothing(tidbServer)
  skip(why !== undefined, why)
  const folder = new ServerFiles()
  onCleanup(() => folder[Symbol.dispose]())
  return folder
})

/** Number and words of the error that a statement is refused with; undefined if it passed all checks. */
async function refusal(statement: PromiseLike<unknown>): Promise<{ errno: number; message: string } | undefined> {
  try {
    await statement
    return undefined
  } catch (error) {
    const { errno = 0, answer } = error as { errno?: number; answer?: { message: string } }
    const message = answer?.message ?? String(error)
    return NO_PD.test(message) ? undefined : { errno, message }
  }
}

test.beforeEach(async ({ tidb, folder }) => {
  await tidb.query('create table item (id int primary key, word varchar(20))')
  folder.write('item.csv', '1,one\n2,two\n')
})

describe('the source', () => {
  test.for(['item.csv', "it's.csv", 'two words.csv', 'item.*.csv', 'item.[12].csv', 'ITEM.CSV'])(
    '%j is read',
    async (name, { tidb, folder }) => {
      for (const [id, written] of [name, 'item.1.csv', 'item.2.csv'].entries()) folder.write(written, `${id},one\n`)
      expect(await refusal(tidb.query('import into item from ?', [`${folder.path}/${name}`]))).toBeUndefined()
    },
  )

  test.for([
    ['nowhere.csv', 8160, 'no such file or directory'],
    ['no-folder/item.csv', 8158, 'no such file or directory'],
    ['nothing.*.csv', 8173, 'No file matched, or the file is empty'],
    ['empty.csv', 8173, 'No file matched, or the file is empty'],
    ['item.txt', 8158, 'the file suffix is not supported when import from server disk'],
    ['item', 8158, 'the file suffix is not supported when import from server disk'],
    ['[.csv', 8158, 'Glob pattern error'],
  ] as const)('%s is refused with %i', async ([name, errno, message], { tidb, folder }) => {
    folder.write('empty.csv', '')
    folder.write('item.txt', '1,one\n')
    folder.write('item', '1,one\n')
    const refused = await refusal(tidb.query('import into item from ?', [`${folder.path}/${name}`]))
    expect(refused).toEqual({ errno, message: expect.stringContaining(message) as string })
  })

  test.for([
    ['item.csv', 8158, 'file location should be absolute path'],
    ['', 8156, 'must not be empty'],
    ['nfs://somewhere/item.csv', 8158, 'storage nfs not support yet'],
    [
      's3://bucket/item.csv?access-key=a&secret-access-key=b&region=us-east-1&endpoint=http://127.0.0.1:1',
      8159,
      'Access to the data source has been denied',
    ],
  ] as const)('%j is refused with %i', async ([path, errno, message], { tidb }) => {
    const refused = await refusal(tidb.query('import into item from ?', [path]))
    expect(refused).toEqual({ errno, message: expect.stringContaining(message) as string })
  })

  test.for(['sql', 'parquet', 'CSV'])('format %s is read', async (format, { tidb, folder }) => {
    await tidb.query(`create table person ${peopleTable}`)
    await tidb.query(`create table every ${everyKindTable}`)
    const path = {
      sql: () => folder.write('item.sql', [...everyKind.inserts({ table: 'every' })].join(';\n')),
      parquet: () => folder.write('item.parquet', parquet(people)),
      CSV: () => `${folder.path}/item.csv`,
    }[format]
    const table = { sql: 'every', parquet: 'person' }[format] ?? 'item'
    const read = tidb.query(`import into ${table} from ? format '${format}'`, [path?.()])
    expect(await refusal(read)).toBeUndefined()
  })

  test('a format that there is not is refused with 8157', async ({ tidb, folder }) => {
    const refused = await refusal(tidb.query("import into item from ? format 'xml'", [`${folder.path}/item.csv`]))
    expect(refused).toEqual({ errno: 8157, message: "The FORMAT 'xml' is not supported" })
  })
})

describe('the options', () => {
  test.for([
    ['thread=8'],
    ['skip_rows=1'],
    ["fields_terminated_by=';', fields_enclosed_by='', fields_escaped_by='', lines_terminated_by='\\r\\n'"],
    ["fields_defined_null_by='NULL'"],
    ["character_set='gbk'"],
    ["disk_quota='50GiB'"],
    ["max_write_speed='100MiB'"],
    ["checksum_table='optional'"],
    ['record_errors=5'],
    ["split_file, lines_terminated_by='\\n'"],
    ['disable_tikv_import_mode'],
    ['detached'],
    ['THREAD=2, Detached'],
  ])('%s is taken', async ([options], { tidb, folder, requires }) => {
    await requires({ storage: 'unistore', because: 'this server would go on and import: see import-into.spec.ts' })
    const read = tidb.query(`import into item from ? with ${options}`, [`${folder.path}/item.csv`])
    expect(await refusal(read)).toBeUndefined()
  })

  test.for([
    ['frobnicate', 8163, 'Unknown option frobnicate'],
    ['thread=0', 8164, 'Invalid option value for thread'],
    ['thread=-1', 8164, 'Invalid option value for thread'],
    ["thread='many'", 8164, 'Invalid option value for thread'],
    ['thread', 8164, 'Invalid option value for thread'],
    ['detached=1', 8164, 'Invalid option value for detached'],
    ['skip_rows=-1', 8164, 'Invalid option value for skip_rows'],
    ["disk_quota='much'", 8164, 'Invalid option value for disk_quota'],
    ["max_write_speed='fast'", 8164, 'Invalid option value for max_write_speed'],
    ["checksum_table='maybe'", 8164, 'Invalid option value for checksum_table'],
    ['record_errors=-2', 8164, 'Invalid option value for record_errors'],
    ["fields_terminated_by=''", 8164, 'Invalid option value for fields_terminated_by'],
    ["fields_enclosed_by='ab'", 8164, 'Invalid option value for fields_enclosed_by'],
    ["fields_escaped_by='ab'", 8164, 'Invalid option value for fields_escaped_by'],
    ["lines_terminated_by=''", 8164, 'Invalid option value for lines_terminated_by'],
    ["character_set='klingon'", 8164, 'Invalid option value for character_set'],
    ["cloud_storage_uri='file:///var'", 8164, 'Invalid option value for cloud_storage_uri'],
    ['split_file', 8164, 'lines_terminated_by, should not be empty when use split_file'],
    ['split_file, skip_rows=2', 8164, 'skip_rows, should be <= 1 when split-file is enabled'],
    ['thread=1, thread=2', 8165, 'Option thread specified more than once'],
  ] as const)('%s is refused with %i', async ([options, errno, message], { tidb, folder }) => {
    const refused = await refusal(tidb.query(`import into item from ? with ${options}`, [`${folder.path}/item.csv`]))
    expect(refused).toEqual({ errno, message: expect.stringContaining(message) as string })
  })

  test.for([...delimitedCases, ...importOnlyCases])(
    'those of the import of $name are taken',
    async (importCase, { tidb, folder, requires }) => {
      await requires({ storage: 'unistore', because: 'this server would go on and import: see import-into.spec.ts' })
      await tidb.query('drop table item')
      await tidb.query(`create table item ${importCase.table}`)
      const path = await folder.writeCase(importCase)
      expect(await refusal(tidb.query(importStatement(importCase), [path]))).toBeUndefined()
    },
  )

  test('options of CSV are refused for another format with 8166', async ({ tidb, folder }) => {
    const path = folder.write('item.sql', 'insert into item values (1);')
    const refused = await refusal(tidb.query("import into item from ? format 'sql' with skip_rows=1", [path]))
    expect(refused).toEqual({ errno: 8166, message: 'Unsupported option skip_rows for non-CSV format' })
  })
})

describe('the table', () => {
  test.for([
    ['item', ''],
    ['item', '(id, @word)'],
    ['item', "(id, @word) set word = concat('no. ', @word)"],
    ['item', '(@id, word) set id = @id + 10'],
  ] as const)('%s %s is taken', async ([table, fields], { tidb, folder, requires }) => {
    await requires({ storage: 'unistore', because: 'this server would go on and import: see import-into.spec.ts' })
    const read = tidb.query(`import into ${table} ${fields} from ?`, [`${folder.path}/item.csv`])
    expect(await refusal(read)).toBeUndefined()
  })

  test.for([
    ['full', '', 8173, 'PreCheck failed: target table is not empty'],
    ['nowhere', '', 1146, 'nowhere'],
    ['item', '(id, nothing)', 1054, "Unknown column 'nothing'"],
    ['item', '(id, @word) set word = @other', 1105, 'cannot use variables set outside IMPORT INTO statement'],
    ['temporary', '', 1105, 'IMPORT INTO does not support temporary table'],
    ['cached', '', 1105, 'IMPORT INTO does not support cached table'],
  ] as const)('%s %s is refused with %i', async ([table, fields, errno, message], { tidb, folder }) => {
    await tidb.query('create table full (id int primary key, word varchar(20))')
    await tidb.query("insert into full values (1, 'one')")
    await tidb.query('create temporary table temporary (id int primary key, word varchar(20))')
    await tidb.query('create table cached (id int primary key, word varchar(20))')
    await tidb.query('alter table cached cache')
    const refused = await refusal(tidb.query(`import into ${table} ${fields} from ?`, [`${folder.path}/item.csv`]))
    expect(refused).toEqual({ errno, message: expect.stringContaining(message) as string })
  })

  test('a transaction is refused', async ({ tidb, folder }) => {
    await tidb.query('begin')
    const refused = await refusal(tidb.query('import into item from ?', [`${folder.path}/item.csv`]))
    await tidb.query('rollback')
    expect(refused).toEqual({ errno: 1105, message: 'cannot run IMPORT INTO in explicit transaction' })
  })

  test('it can not be prepared', async ({ tidb, folder }) => {
    const refused = await refusal(tidb.execute(`import into item from '${folder.path}/item.csv'`))
    expect(refused?.errno).toBe(1295)
  })

  test('a refused statement leaves no job and no row', async ({ tidb, folder, database }) => {
    await refusal(tidb.query('import into item from ? with thread=0', [`${folder.path}/item.csv`]))
    const jobs = await tidb.query('select * from mysql.tidb_import_jobs where table_schema = ?', [database])
    expect(jobs).toEqual([])
    expect(await tidb.query('select count(*) as count from item')).toEqual([{ count: 0 }])
  })
})

describe('FROM SELECT', () => {
  test.for(["select 1, 'one'", 'select * from source', 'select * from source with thread=2'])(
    '%s is taken',
    async (select, { tidb }) => {
      await tidb.query('create table source like item')
      expect(await refusal(tidb.query(`import into item from ${select}`))).toBeUndefined()
    },
  )

  test.for([
    ['select 1', 1136, "Column count doesn't match value count"],
    ['select * from source with detached', 8166, 'Unsupported option detached for import from query'],
    ['select * from source with skip_rows=1', 8166, 'Unsupported option skip_rows for import from query'],
  ] as const)('%s is refused with %i', async ([select, errno, message], { tidb }) => {
    await tidb.query('create table source like item')
    const refused = await refusal(tidb.query(`import into item from ${select}`))
    expect(refused).toEqual({ errno, message: expect.stringContaining(message) as string })
  })

  test('into a table that is not empty is refused with 8173', async ({ tidb }) => {
    await tidb.query("insert into item values (1, 'one')")
    const refused = await refusal(tidb.query("import into item from select 2, 'two'"))
    expect(refused).toEqual({ errno: 8173, message: 'PreCheck failed: target table is not empty' })
  })
})

describe('jobs', () => {
  test.for(['show import job', 'cancel import job'])(
    '%s of one that there is not is refused with 8170',
    async (verb, { tidb }) => {
      const refused = await refusal(tidb.query(`${verb} 9007199254740993`))
      expect(refused).toEqual({ errno: 8170, message: "Job ID 9007199254740993 doesn't exist" })
    },
  )

  test('the fixture says the same of a statement that is refused', async ({ importJobs, folder }) => {
    const values = [`${folder.path}/nowhere.csv`]
    await expect(importJobs.start('import into item from ?', { values })).rejects.toThrow(
      'ER_LOAD_DATA_CANT_READ (8160',
    )
  })
})

describe('rights', () => {
  test('without FILE, files of the server are refused', async ({ tidb, tidbPool, folder, database, requires }) => {
    await requires({ ours: true, because: 'makes a user' })
    const user = `u_${database?.slice(-20)}`
    await tidb.query(`create user ${user}`)
    await tidb.query(`grant select, insert, update, delete, alter on ${database}.* to ${user}`)
    try {
      const session = tidbPool.session('weak', { user })
      const refused = await refusal(session.query('import into item from ?', [`${folder.path}/item.csv`]))
      expect(refused).toEqual({ errno: 1227, message: expect.stringContaining('FILE') as string })
    } finally {
      await tidb.query(`drop user ${user}`)
    }
  })
})
