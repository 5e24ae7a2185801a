import { availableParallelism } from 'node:os'
import { expect, type ImportRecord, type WatchedImportJob } from 'vitest-tidb'
import { clusterImportTest as test } from '../../fixtures/cluster-imports.ts'
import { people, peopleTable } from '../../fixtures/import-cases/cases.ts'
import { failureOf } from '../../fixtures/failure-of.ts'
import { jobScript } from '../../fixtures/import-test.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { generate, sequence, text } from '../../src/data/index.ts'
import { FolderHistory } from '../../src/import-history/folder-history.ts'
import { comparePace } from '../../src/import-history/pace.ts'
import { factsOf } from '../../src/import-report/facts.ts'
import { importReportHtml } from '../../src/import-report/html-report.ts'

// Imports that really run: what is watched of them, asserted, kept in the history and shown in the report.

const RUN = { timeout: 120_000 }
const WITHIN = { within: '100s' }

const recordOf = (job: WatchedImportJob): ImportRecord => job.record({ run: 'tonight', serverVersion: 'v8.5.6' })
const reportOf = (record: ImportRecord): string => importReportHtml([record], factsOf([record]))

/** An assertion that must hold, and what its opposite must fail with. */
async function both(holds: Promise<unknown>, opposite: Promise<unknown>, said: RegExp): Promise<void> {
  const [failure] = await Promise.all([failureOf(opposite), holds])
  expect(failure).toMatch(said)
}

test('one that finishes: its phases, rows, progress, pace and report', RUN, async ({ session, jobs, folder }) => {
  await session.query(`create table good ${peopleTable}`)
  const path = await folder.writeCase({ name: 'good', table: '', data: people, format: 'csv' })
  const job = await jobs.start('import into good from ?', { values: [path], name: 'people' })
  const idle = { idle: '60s' }
  const list = await jobs.list()
  const moves = both(
    expect(list).toHaveNoStalledImports(idle),
    expect(list).not.toHaveNoStalledImports(idle),
    /expected a job to be stalled, but all . running jobs have moved/,
  )
  const seen = new Set<string>()
  for await (const { job: now } of job) seen.add(now.phase === '' ? now.status : now.phase)
  expect(['pending', 'importing', 'validating', 'finished']).toEqual(expect.arrayContaining([...seen]))
  expect(seen).toContain('importing')
  await moves

  await both(expect(job).toFinish(WITHIN), expect(job).not.toFinish(), /not to finish, but it finished/)
  const rows = people.count
  await both(expect(job).toHaveImported(rows), expect(job).not.toHaveImported(rows), /but it finished with 2,000 rows/)
  const more = { min: rows + 1 }
  await both(
    expect(job).not.toHaveImported(more),
    expect(job).toHaveImported(more),
    /2,001 or more rows, but it finished/,
  )
  const every = { every: '30s', ...WITHIN }
  await both(
    expect(job).toProgress(every),
    expect(job).not.toProgress(every),
    /not to progress every 30 s, but it finished/,
  )
  await both(expect(job).not.toFailImport(), expect(job).toFailImport(), /to fail, but it finished/)
  await both(expect(job).not.toBeCancelled(), expect(job).toBeCancelled(), /to be cancelled, but it finished/)
  await both(
    Promise.resolve(expect([job]).toHaveNoFailedImports()),
    (async () => expect([job]).not.toHaveNoFailedImports())(),
    /expected an import to have failed, but none of 1 did/,
  )
  expect(await session.query(people.checksumQuery('good'))).toEqual([people.checksum()])

  const record = recordOf(job)
  expect(record).toMatchObject({ name: 'people', table: '`test`.`good`', outcome: 'finished', rows: people.count })
  expect(record.bytes).toBeGreaterThan(people.count)
  expect(reportOf(record)).toContain('2,000')

  // Nights of its own: as long as tonight, and a hundredth of that.
  for (const [factor, verdict] of [
    [1, 'kept'],
    [0.01, 'slower'],
  ] as const) {
    using history = tempFolder()
    const against = new FolderHistory(history.path)
    for (const night of [1, 2, 3, 4, 5, 6]) {
      const at = new Date(Date.UTC(2026, 0, night)).toISOString()
      const durationMs = Math.round((record.durationMs ?? 0) * factor) + night
      await against.append({ ...record, run: `night ${night}`, jobId: String(night), createdAt: at, at, durationMs })
    }
    const kept = verdict === 'kept'
    const [holds, opposite] = kept
      ? [expect(job).toKeepPace({ against }), expect(job).not.toKeepPace({ against })]
      : [expect(job).not.toKeepPace({ against }), expect(job).toKeepPace({ against })]
    await both(holds, opposite, kept ? /not to keep its pace/ : /to keep its pace.*slower/)
    expect(job.pace).toMatchObject({ verdict, runs: 6 })
  }
})

test('with one thread and with two: each is compared with its like', RUN, async ({ session, jobs, folder }) => {
  const records: ImportRecord[] = []
  for (const threads of [1, 2]) {
    await session.query(`create table threads_${threads} ${peopleTable}`)
    const path = await folder.writeCase({ name: `threads ${threads}`, table: '', data: people, format: 'csv' })
    const values = [path]
    const job = await jobs.start(`import into threads_${threads} from ? with thread=${threads}`, { values })
    await job.ended(WITHIN)
    records.push(recordOf(job))
  }
  const [one, two] = records as [ImportRecord, ImportRecord]
  expect(one).toMatchObject({ threads: 1, outcome: 'finished' })
  // No more than the machine has cores.
  const most = Math.min(2, availableParallelism())
  expect(two).toMatchObject({ threads: most, outcome: 'finished' })
  const nights = [1, 2, 3, 4, 5].map((night) => ({ ...one, jobId: `${night}`, durationMs: 1_000 }))
  expect(comparePace({ ...one, durationMs: 5_000 }, nights)).toMatchObject({ verdict: 'slower' })
  if (most === 2) expect(comparePace(two, nights)).toMatchObject({ verdict: 'unknown', unknown: 'unlike runs' })
})

test.for([
  ['too_long', 'abcdef', 'Data Too Long, field len 3, data len 6'],
  ['no_null', '\\N', "Column 'name' cannot be null"],
] as const)(
  'one that fails (%s) says which line and why',
  RUN,
  async ([table, value, why], { session, jobs, folder }) => {
    await session.query(`create table ${table} (id bigint primary key, name varchar(3) not null)`)
    const job = await jobs.start(`import into ${table} from ?`, {
      values: [folder.write('bad.csv', `1,abc\n2,${value}\n`)],
    })
    await expect(job).toFailImport(`when encoding 2-th data row in this chunk: encode kv error in file bad.csv`, WITHIN)
    await both(expect(job).toFailImport(why), expect(job).not.toFailImport(why), /not to fail with .*, but it failed/)
    await both(
      expect(job).not.toFailImport('disk'),
      expect(job).toFailImport('disk'),
      /to fail with disk, but it failed/,
    )
    await both(expect(job).not.toHaveImported({ min: 0 }), expect(job).toHaveImported({ min: 0 }), /but it failed/)
    await both(expect(job).not.toBeCancelled(), expect(job).toBeCancelled(), /to be cancelled, but it failed/)
    const every = { every: '30s' }
    await both(
      expect(job).not.toProgress(every),
      expect(job).toProgress(every),
      /to progress every 30 s, but it failed/,
    )
    await both(
      expect(job).not.toKeepPace({ against: folder.path }),
      expect(job).toKeepPace({ against: folder.path }),
      /but it failed/,
    )
    expect(await jobs.list()).not.toHaveNoFailedImports({ since: '1h' })
    expect((await jobs.list()).filter(({ status }) => status !== 'failed')).toHaveNoFailedImports()
    await expect(job).not.toFinish()
    expect(await failureOf(expect(job).toFinish())).toMatch(
      new RegExp(`to finish, but it failed[^]*server said: .*${why}[^]*ended +failed`),
    )
    expect(await failureOf(Promise.resolve(expect(jobs.list()).toHaveNoFailedImports()))).toContain(`\`${table}\``)
    expect(recordOf(job).outcome).toBe('failed')
    expect(reportOf(recordOf(job))).toContain('bad.csv')
    expect(await session.query(`select * from ${table}`)).toEqual([])
  },
)

test(
  'one whose keys are there twice fails, and leaves a table that is broken',
  RUN,
  async ({ session, jobs, folder }) => {
    await session.query('create table twice (id bigint primary key, name varchar(30), unique key (name))')
    const path = folder.write('twice.csv', '1,one\n2,two\n1,three\n')
    const job = await jobs.start('import into twice from ?', { values: [path] })
    // Of the checksum, as the server looks for no duplicates before.
    await expect(job).toFailImport(/ErrChecksumMismatch.*\(total_kvs: 5 vs 6\)/, WITHIN)
    await expect(session.query('admin check table twice')).rejects.toMatchObject({ errno: 8223 })
  },
)

test('one that is cancelled while it imports', RUN, async ({ session, jobs, folder }) => {
  await session.query('create table slow (id bigint primary key, note varchar(2000))')
  const data = generate({ seed: 7, rows: 20_000, columns: { id: sequence(), note: text({ length: 1_000 }) } })
  const values = [await folder.writeCase({ name: 'slow', table: '', data, format: 'csv' })]
  const job = await jobs.start("import into slow from ? with thread=1, max_write_speed='1MiB'", { values })
  await job.until('to import', ({ job: { phase } }) => phase === 'importing', WITHIN)
  // While it runs: how it will end is not known, and that it moves is seen.
  for (const unknown of [
    expect(job).toFinish({ within: 100 }),
    expect(job).not.toFailImport(undefined, { within: 100 }),
    expect(job).not.toBeCancelled({ within: 100 }),
    expect(job).not.toHaveImported(7, { within: 100 }),
  ]) {
    expect(await failureOf(unknown)).toMatch(/waited 100 ms for import job/)
  }
  // Its rows come in one block, in ten seconds.
  await both(
    expect(await jobs.list()).not.toHaveNoStalledImports({ idle: '50ms' }),
    expect(await jobs.list()).toHaveNoStalledImports({ idle: '50ms' }),
    /1 of 1 running jobs are/,
  )
  await both(
    expect(job).not.toProgress({ every: '50ms', ...WITHIN }),
    expect(job).toProgress({ every: '50ms', ...WITHIN }),
    /there was no progress for/,
  )
  expect(await jobs.cancel(job)).toMatchObject({ status: 'cancelled', resultMessage: 'cancelled by user' })
  await both(expect(job).toBeCancelled(WITHIN), expect(job).not.toBeCancelled(), /not to be cancelled, but it was/)
  await expect(job).not.toFailImport()
  await expect(job).not.toFinish()
  await expect(job).not.toHaveImported({ min: 0 })
  expect(await failureOf(expect(job).toFinish())).toMatch(/to finish, but it was cancelled[^]*cancelled by user/)
  expect(recordOf(job)).toMatchObject({ outcome: 'cancelled', message: 'cancelled by user' })
  // None was ingested by then.
  expect(await session.query('select count(*) as count from slow')).toEqual([{ count: 0 }])
})

test('one beside jobs of a script, which the server passes over', RUN, async ({ session, jobs, folder }) => {
  await session.query(`create table beside ${peopleTable}`)
  const path = await folder.writeCase({ name: 'beside', table: '', data: people, format: 'csv' })
  const play = await jobs.play(jobScript('stalling-for-good.yaml'))
  await play.done
  const job = await jobs.start('import into beside from ?', { values: [path] })
  await expect(job).toHaveImported(people.count, WITHIN)
  const shown = new Map((await jobs.list()).map(({ id, status }) => [id, status]))
  expect([shown.get(job.id), shown.get(play.idOf('orders'))]).toEqual(['finished', 'running'])
})

test('a node that there is not has no jobs', async ({ cluster, importJobs }) => {
  expect(() => importJobs.on(cluster.nodes[50])).toThrow('importJobs.on(…) was given undefined: no such node')
  expect(await importJobs.on(cluster.nodes[0]).list()).toBeDefined()
})
