import { createReadStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { ConfigError, DeadlineError, expect, StatementError, test } from 'vitest-tidb'
import { lyingServer } from '../../../fixtures/lying-server.ts'
import { tempFolder } from '../../../fixtures/temp-folder.ts'

// What LOAD DATA LOCAL sends, and what becomes of it when something goes wrong.

const LOAD = "load data local infile 'number.tsv' into table number (id, word)"
const COUNT = 'select count(*) as count from number'

test.beforeEach(async ({ tidb }) => {
  await tidb.query('create table number (id int primary key, word varchar(200))')
})

/** A stream of so many rows, that may do something else after some of them. */
function numbers(rows: number, { after = rows, then }: { after?: number; then?: () => unknown } = {}): Readable {
  async function* lines() {
    for (let first = 0; first < rows; first += 500) {
      if (first >= after) await then?.()
      yield Array.from({ length: 500 }, (_, at) => `${first + at}\t${'x'.repeat(100)}\n`).join('')
    }
  }
  return Readable.from(lines())
}

test('a stream is sent, with the name that the statement has for it', async ({ tidb }) => {
  const paths: string[] = []
  const localInfile = (path: string) => {
    paths.push(path)
    return Readable.from(['1\tone\n', Buffer.from('2\ttw'), 'o\n'])
  }
  const loaded = await tidb.query(LOAD, [], { localInfile })
  expect(paths).toEqual(['number.tsv'])
  expect(loaded.affectedRows).toBe(2)
  expect(await tidb.query('select * from number')).toEqual([
    { id: 1, word: 'one' },
    { id: 2, word: 'two' },
  ])
})

test('a file of any size is sent piece by piece', async ({ tidb }) => {
  const stream = numbers(50_000)
  await tidb.query(LOAD, [], { localInfile: () => stream })
  expect(stream.destroyed).toBe(true)
  expect(await tidb.query(COUNT)).toEqual([{ count: 50_000 }])
})

test('a packed file is unpacked by the server', async ({ tidb }) => {
  using folder = tempFolder()
  const path = join(folder.path, 'number.tsv.gz')
  writeFileSync(path, gzipSync('1\tone\n2\ttwo\n'))
  await tidb.query('load data local infile ? into table number', [path], { localInfile: createReadStream })
  expect(await tidb.query(COUNT)).toEqual([{ count: 2 }])
})

test('without a stream the statement is refused, and the session goes on', async ({ tidb }) => {
  const error = await tidb.query("load data local infile '/etc/hostname' into table number").catch(String)
  expect(error).toContain('asks for the file "/etc/hostname", but none was given')
  expect(error).toContain('localInfile: () => createReadStream(path)')
  // It had an empty file, and was not killed.
  expect(tidb.statementLog?.read().at(-1)).toMatchObject({ rows: 0, error: undefined })
  expect(await tidb.query(COUNT)).toEqual([{ count: 0 }])
})

test('a server that asks for a file on its own gets none', async ({ tidbServer, tidbPool }) => {
  const request = Buffer.from('\xfb/etc/hostname', 'latin1')
  let sent = ''
  await using liar = await lyingServer(tidbServer, (packet) => {
    if (!packet.includes('which file')) return packet
    return Buffer.concat([Buffer.from([request.length, 0, 0, 1]), request])
  })
  const session = tidbPool.session('victim', { host: '127.0.0.1', port: liar.port })
  await session.connecting()
  const answer = session.query("select 'which file?' as q").catch((error: unknown) => error)
  sent = String(await answer)
  expect(await answer).toBeInstanceOf(ConfigError)
  expect(sent).toContain('asks for the file "/etc/hostname", but none was given')
})

test('a stream that fails fails the statement with its cause, and no row stays', async ({ tidb, tidbPool }) => {
  const session = tidbPool.session('loader')
  const cause = new Error('disk on fire')
  const stream = numbers(5_000, { after: 2_000, then: () => Promise.reject(cause) })
  const error = await session.query(LOAD, [], { localInfile: () => stream }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StatementError)
  expect(error).toMatchObject({ cause })
  expect(String(error)).toContain('disk on fire')
  expect(stream.destroyed).toBe(true)
  expect(session.connection?.closed).toBe(true)
  expect(await tidb.query(COUNT)).toEqual([{ count: 0 }])
})

test('a file that is not there fails the statement, and the session goes on', async ({ tidb }) => {
  using folder = tempFolder()
  const path = join(folder.path, 'nowhere.tsv')
  const load = tidb.query(LOAD, [], { localInfile: () => createReadStream(path) })
  await expect(load).rejects.toThrow('ENOENT')
  expect(await tidb.query(COUNT)).toEqual([{ count: 0 }])
})

test('a factory that throws fails the statement, and the session goes on', async ({ tidb }) => {
  const localInfile = () => {
    throw new TypeError('no such data')
  }
  await expect(tidb.query(LOAD, [], { localInfile })).rejects.toThrow('no such data')
  expect(await tidb.query(COUNT)).toEqual([{ count: 0 }])
})

test('a stream that is closed halfway fails the statement', async ({ tidb, tidbPool }) => {
  const stream = new PassThrough()
  const load = tidbPool
    .session('loader')
    .query(LOAD, [], { localInfile: () => stream })
    .catch(String)
  stream.write('1\tone\n', () => stream.destroy())
  expect(await load).toContain('Premature close')
  expect(await tidb.query(COUNT)).toEqual([{ count: 0 }])
})

test('a deadline ends one whose data does not come', async ({ tidb, tidbPool }) => {
  const stream = new PassThrough()
  stream.write('1\tone\n')
  const load = tidbPool.session('loader').query(LOAD, [], { localInfile: () => stream, within: 200 })
  await expect(load).rejects.toThrow(DeadlineError)
  expect(stream.destroyed).toBe(true)
  expect(await tidb.query(COUNT)).toEqual([{ count: 0 }])
})

test('a signal ends one that flows, and no row stays', async ({ tidb, tidbPool }) => {
  const controller = new AbortController()
  const stream = numbers(500_000, { after: 20_000, then: () => controller.abort(new Error('enough')) })
  const session = tidbPool.session('loader')
  const load = session.query(LOAD, [], { localInfile: () => stream, signal: controller.signal })
  await expect(load).rejects.toThrow('enough')
  expect(stream.destroyed).toBe(true)
  expect(await tidb.query(COUNT)).toEqual([{ count: 0 }])
})

test('a statement that the server refuses does not open the stream', async ({ tidb }) => {
  let opened = false
  const localInfile = () => {
    opened = true
    return numbers(500)
  }
  const load = tidb.query("load data local infile 'x' into table nowhere", [], { localInfile })
  await expect(load).rejects.toThrow('nowhere')
  expect(opened).toBe(false)
})

test('a server that ends the statement early ends the session, and never takes data for statements', async ({
  tidb,
  tidbPool,
}) => {
  // It is no gzip, which the server sees in the first bytes.
  const stream = numbers(100_000)
  const session = tidbPool.session('loader')
  const load = session.query("load data local infile 'number.tsv.gz' into table number", [], {
    localInfile: () => stream,
  })
  const error = await load.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StatementError)
  expect(String(error)).toContain('before it had the whole file')
  expect(stream.destroyed).toBe(true)
  expect(session.connection?.closed).toBe(true)
  expect(await tidb.query(COUNT)).toEqual([{ count: 0 }])
})

test('a refusal that comes before the data ends the session too: the server still waits for it', async ({
  tidbPool,
}) => {
  const session = tidbPool.session('loader')
  const opened: Readable[] = []
  const localInfile = () => {
    const stream = new PassThrough()
    opened.push(stream)
    return stream
  }
  const load = session.query(
    'load data local infile ? into table number (id, @word) set word = upper(nothing)',
    ['x'],
    {
      localInfile,
    },
  )
  await expect(load).rejects.toThrow('ER_BAD_FIELD_ERROR (1054')
  // The answer may come with the question for the file, before anything was opened.
  expect(opened.filter(({ destroyed }) => !destroyed)).toEqual([])
  expect(session.connection?.closed).toBe(true)
  // The next statement is not to blame, and the server was not asked.
  const next = await session.query(COUNT).catch((thrown: unknown) => thrown)
  expect(next).toBeInstanceOf(StatementError)
  const { message, errno, answer } = next as StatementError
  expect(message).toMatch(/^statement not sent \(loader at .+\): select count\(\*\)/)
  expect(message).toMatch(
    /the connection was lost before, with this error:\n {4}statement failed .+: load data[^]*1054/,
  )
  expect(errno).toBeUndefined()
  expect(answer?.code).toBe('PROTOCOL_CONNECTION_LOST')
})

test('a stream that breaks halfway is named by the statements after it, which are not sent', async ({ tidbPool }) => {
  const session = tidbPool.session('loader')
  const broken = numbers(1_000, {
    after: 500,
    then: () => Promise.reject(new Error('the disk is gone')),
  })
  await expect(session.query(LOAD, [], { localInfile: () => broken })).rejects.toThrow('the disk is gone')
  const next = await session.query(COUNT).catch((thrown: unknown) => thrown)
  expect(String((next as Error).message)).toMatch(/^statement not sent .+: select[^]*load data[^]*the disk is gone/)
})

const noStreams: [string, () => unknown][] = [
  ['a promise', () => Promise.resolve(numbers(500))],
  ['a promise', () => Promise.reject(new Error('no such data'))],
  ['a string', () => '1\tone\n'],
  ['an object', () => ({})],
]
test.for(noStreams)(
  '%s in place of a stream fails the statement, and the session goes on',
  async ([what, open], { tidb }) => {
    const load = tidb.query(LOAD, [], { localInfile: open as () => Readable })
    await expect(load).rejects.toThrow(`localInfile returned ${what}, not a Readable of node:stream`)
    expect(await tidb.query(COUNT)).toEqual([{ count: 0 }])
  },
)

test('a killed connection ends the statement and closes the stream', async ({ tidb, tidbPool }) => {
  const session = tidbPool.session('loader')
  const stream = numbers(500_000, { after: 20_000, then: () => tidb.query(`kill tidb ${session.connectionId}`) })
  await expect(session.query(LOAD, [], { localInfile: () => stream })).rejects.toThrow(StatementError)
  expect(stream.destroyed).toBe(true)
  expect(await tidb.query(COUNT)).toEqual([{ count: 0 }])
})
