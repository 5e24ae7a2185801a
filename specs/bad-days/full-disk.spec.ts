import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import { expect, loadConfig, test as base, type Settings } from 'vitest-tidb'
import { oneImportRecord } from '../../fixtures/import-records.ts'
import { smallDisk, type SmallDisk } from '../../fixtures/small-disk.ts'
import { takeDatabase } from '../../src/fixtures/database.ts'
import { startOwnServer } from '../../src/fixtures/own-server.ts'
import { RunServer } from '../../src/fixtures/server.ts'
import { StockFolder } from '../../src/global-setup/stock-folder.ts'
import { FolderHistory } from '../../src/import-history/folder-history.ts'
import { factsOf } from '../../src/import-report/facts.ts'
import { writeImportReport } from '../../src/import-report/write-report.ts'
import { presentBinary } from '../../src/server/binary.ts'
import { importSummary } from '../import-history/import-summaries.ts'

// A real disk that is full: what is written to it says so, names the setting, and leaves nothing that breaks the next run.

const test = base
  .extend('disk', async ({ skip }, { onCleanup }) => (size: string): SmallDisk => {
    const disk = smallDisk(size)
    if (typeof disk === 'string') return skip(disk)
    onCleanup(() => disk[Symbol.dispose]())
    return disk
  })
  .extend('start', async ({ tidbServer, skip, task, annotate, signal }) => {
    const serverBin = (await presentBinary(loadConfig().config))?.path
    skip(serverBin === undefined, 'there is no tidb-server yet')
    const { provided } = tidbServer
    return async ({ cacheDir, ...settings }: Pick<Settings, 'cacheDir' | 'serverArgs'> = {}) => {
      const run = new RunServer({ ...provided, settings: { ...provided.settings, cacheDir } })
      const server = await startOwnServer(
        run,
        { provider: 'binary', serverBin, ...settings },
        { skip, task, annotate, signal },
      )
      await server.stop()
    }
  })

const filesOf = (folder: string) => readdirSync(folder, { recursive: true }) as string[]

test('a cache without room for a template, and then with room', async ({ disk, start }) => {
  const { path, fill } = disk('12m')
  fill(1_048_576)
  const old = join(path, 'templates', '0123456789abcdef-1')
  mkdirSync(old, { recursive: true })
  utimesSync(old, 1, 1)
  await expect(start({ cacheDir: path })).rejects.toThrow(/ENOSPC[^]*TIDB_CACHE_DIR/)
  expect(filesOf(path).filter((name) => /partial|lock/.test(name))).toEqual([])

  rmSync(join(path, 'filling'))
  await start({ cacheDir: path })
  const templates = readdirSync(join(path, 'templates'))
  expect(templates).toEqual([expect.stringMatching(/^[0-9a-f]{16}-\d+$/)])
  // That was of an older version, and nobody used it for a month.
  expect(existsSync(old)).toBe(false)
})

test('a cache without room for anything', async ({ disk, start }) => {
  const { path, fill } = disk('64k')
  fill()
  await expect(start({ cacheDir: path })).rejects.toThrow(/ENOSPC[^]*TIDB_CACHE_DIR/)
  expect(filesOf(path).filter((name) => name.includes('partial'))).toEqual([])
})

test('no room for the data of a server', async ({ disk, start }) => {
  const { path } = disk('1m')
  vi.stubEnv('TMPDIR', path)
  try {
    // From its template, and without one.
    await expect(start()).rejects.toThrow(/ENOSPC[^]*TMPDIR/)
    // tidb-server gives up with 1, or panics with 2.
    await expect(start({ serverArgs: ['-L', 'info'] })).rejects.toThrow(
      /ended with status [12][^]*free in \S+: make room there, or point TMPDIR/,
    )
  } finally {
    vi.unstubAllEnvs()
  }
  expect(filesOf(path).filter((name) => name.includes('tidb'))).toEqual([])
})

test('no room for the name of a database', async ({ disk, tidb, tidbServer }) => {
  await tidb.connecting()
  // As many files as the stock has folders, its own included.
  const { path } = disk('64k,nr_inodes=5')
  new StockFolder(path).create()
  const server = new RunServer({ ...tidbServer.provided, stockDir: path })
  await expect(takeDatabase(server)).rejects.toThrow(/ENOSPC[^]*TMPDIR/)
})

test('no room for the history of import jobs', async ({ disk }) => {
  const { path, fill } = disk('64k')
  const history = new FolderHistory(join(path, 'history'))
  await history.append(importSummary(0))
  fill()
  const append = async () => {
    for (let night = 1; night < 40; night += 1) await history.append(importSummary(night))
  }
  await expect(append()).rejects.toThrow(/ENOSPC[^]*TIDB_IMPORT_HISTORY_DIR/)
  rmSync(join(path, 'filling'))
  await history.append(importSummary(99))
  const { summaries } = await history.last(importSummary(0).name, 100)
  expect(summaries.length).toBeGreaterThanOrEqual(2)
})

test('no room for the report of import jobs', async ({ disk }) => {
  const { path, fill } = disk('64k')
  fill()
  const records = [oneImportRecord()]
  const dir = join(path, 'report')
  await expect(writeImportReport(dir, records, factsOf(records))).rejects.toThrow(/ENOSPC[^]*TIDB_IMPORT_REPORT_DIR/)
  expect(readdirSync(dir)).toEqual([])
})
