import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importRecords } from '../../fixtures/import-records.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { ConfigError } from '../errors.ts'
import { factsOf } from './facts.ts'
import { writeImportReport } from './write-report.ts'

const records = importRecords(3)

test('page and data are written into a folder that is made for them, and nothing else', async () => {
  using folder = tempFolder()
  const dir = join(folder.path, 'a/b')
  const { html, json } = await writeImportReport(dir, records, factsOf(records))
  expect([html, json]).toEqual([join(dir, 'index.html'), join(dir, 'import-jobs.json')])
  expect(readdirSync(dir).toSorted()).toEqual(['import-jobs.json', 'index.html'])
  expect(readFileSync(html, 'utf8')).toContain('</html>')
  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ version: 1 })
})

test('an earlier report gives way', async () => {
  using folder = tempFolder()
  const { html } = await writeImportReport(folder.path, records, factsOf(records, { title: 'Monday' }))
  await writeImportReport(folder.path, records, factsOf(records, { title: 'Tuesday' }))
  expect(readFileSync(html, 'utf8')).toContain('<h1>Tuesday</h1>')
})

test('a folder that can not be made is an error that names it, and what the system said', async () => {
  using folder = tempFolder()
  const file = join(folder.path, 'file')
  writeFileSync(file, '')
  const error = await writeImportReport(join(file, 'report'), records, factsOf(records)).catch(
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(ConfigError)
  expect((error as ConfigError).message).toMatch(
    /^the report of import jobs can't be written to .*file\/report: ENOTDIR/,
  )
  expect((error as ConfigError).message).toContain('try: there is a file where a folder should be: move it')
  expect((error as ConfigError).message).toContain('try: set TIDB_IMPORT_REPORT_DIR to a folder')
})

test.runIf(process.platform === 'linux')('a folder below a virtual file system is refused', async () => {
  await expect(writeImportReport('/proc/none/report', records, factsOf(records))).rejects.toThrow(
    "the report of import jobs can't be written to /proc/none/report: ENOENT",
  )
})

test('when a page can not take its place, nothing unfinished is left behind', async () => {
  using folder = tempFolder()
  const { html } = await writeImportReport(join(folder.path, 'index.html'), records, factsOf(records))
  expect(html).toContain('index.html')
  await expect(writeImportReport(folder.path, records, factsOf(records))).rejects.toThrow(ConfigError)
  expect(readdirSync(folder.path).toSorted()).toEqual(['import-jobs.json', 'index.html'])
})
