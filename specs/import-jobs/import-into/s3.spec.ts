import { inspect } from 'node:util'
import { vi } from 'vitest'
import { expect } from 'vitest-tidb'
import { clusterImportTest } from '../../../fixtures/cluster-imports.ts'
import { people, peopleTable } from '../../../fixtures/import-cases/cases.ts'
import { ACCESS_KEY, S3Server, SECRET_KEY, whyNoS3 } from '../../../fixtures/s3-server.ts'

// Imports from an S3 server on this machine, sorted by the node itself and through the bucket.

const RUN = { timeout: 120_000 }
const WITHIN = { within: '100s' }

const test = clusterImportTest
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the pattern
  .extend('started', { scope: 'file' }, async ({}, { onCleanup }) => {
    if (whyNoS3() !== undefined) return undefined
    const server = await S3Server.start()
    onCleanup(() => server[Symbol.asyncDispose]())
    await server.put('people.csv', (await people.csv().toArray()).join(''))
    return server
  })
  .extend('s3', ({ started, skip }) => started ?? skip(whyNoS3()))

/** A text that is printed, reported or kept must hold neither key. */
function expectNoKeysIn(value: unknown): void {
  const printed = inspect(value, { depth: 20, showHidden: true, maxStringLength: null })
  for (const secret of [SECRET_KEY, encodeURIComponent(SECRET_KEY), ACCESS_KEY]) expect(printed).not.toContain(secret)
}

// A server sorts globally with eight threads or more, and uses no more threads than it takes the machine to have.
test.beforeAll(() => {
  vi.stubEnv('GOMAXPROCS', '8')
})
test.afterAll(() => {
  vi.unstubAllEnvs()
})

test.for([
  ['by the node', 'import into ? from ?'],
  ['through the bucket', 'import into ? from ? with thread=8, cloud_storage_uri=?'],
] as const)('files of a bucket by a wildcard, sorted %s', RUN, async ([how, sql], { session, jobs, s3 }) => {
  const table = how.replaceAll(' ', '_')
  await session.query(`create table ${table} ${peopleTable}`)
  const sorted = sql.includes('cloud') ? [s3.uri('sorted')] : []
  const job = await jobs.start(sql.replace('?', table), { values: [s3.uri('peo*.csv'), ...sorted] })
  const seen = new Set<string>()
  for await (const snapshot of job) {
    seen.add(snapshot.job.phase)
    expectNoKeysIn(snapshot)
  }
  await expect(job).toFinish(WITHIN)
  await expect(job).toHaveImported(people.count)
  expect(await session.query(people.checksumQuery(table))).toEqual([people.checksum()])
  await session.query(`admin check table ${table}`)
  expect(seen.has('global-sorting')).toBe(sorted.length > 0)
  expect(job.job?.dataSource).toMatch(/^s3:\/\/nightly\/peo\*\.csv\?access-key=\*\*\*&/)
  expectNoKeysIn([job.timeLine(), job.record({ run: 'r', serverVersion: 'v' }), await jobs.list()])
})

test.for([
  ['a key that is refused', 'people.csv', 'AKIASOMEBODYELSE', 'nightly', 8159, 'StatusCode: 403'],
  ['a bucket that there is not', 'people.csv', ACCESS_KEY, 'daily', 8159, 'bucket not found'],
  ['a file that there is not', 'nobody.*.csv', ACCESS_KEY, 'nightly', 8173, 'No file matched'],
] as const)(
  '%s: the error has no key in it',
  RUN,
  async ([, path, accessKey, bucket, errno, said], { session, jobs, s3 }) => {
    await session.query(`create table if not exists refused ${peopleTable}`)
    const uri = s3.uri(path, { accessKey, bucket })
    for (const send of [
      () => session.query('import into refused from ?', [uri]),
      () => session.query(`import into refused from '${uri}'`),
      () => jobs.start('import into refused from ?', { values: [uri] }),
      () => jobs.start(`import into refused from '${uri}' with thread=8, cloud_storage_uri='${uri}'`),
    ]) {
      const error: unknown = await send().catch((reason: unknown) => reason)
      expect(error).toMatchObject({ errno, message: expect.stringContaining(said) as string })
      expectNoKeysIn(error)
    }
  },
)
