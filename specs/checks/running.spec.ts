import { inject } from 'vitest'
import { expect, test } from 'vitest-tidb'
import { RunServer } from '../../src/fixtures/server.ts'
import {
  countLimit,
  defineCheck,
  noFailedImports,
  noOldTransactions,
  runChecks,
  type Problem,
} from 'vitest-tidb/checks'

const common = {
  title: 'Whatever',
  severity: 'warning',
  advice: 'nothing',
  docs: 'https://docs.pingcap.com/tidb/stable/',
  source: 'nothing',
} as const

const problem = (message: string, more: Partial<Problem> = {}): Problem => ({
  subject: { kind: 'node', name: 'one' },
  message,
  ...more,
})

test('a check that throws or writes stops no other, and is never passed', async ({ tidb, tidbPool }) => {
  await tidb.query('create table kept (id int primary key)')
  const table = `${tidb.database}.kept`
  const writing = (name: string, sql: string) =>
    defineCheck({ ...common, name, run: async ({ session }) => (await session.query(sql)) && [] })
  const written = [
    writing('inserts', `insert into ${table} values (1)`),
    writing('drops', `drop table ${table}`),
    writing('hides-in-comment', `select 1 /*T! into outfile '/tmp/x' */`),
    writing('follows', `select 1; delete from ${table}`),
    writing('writes-file', `select 1 into outfile '/tmp/vitest-tidb-x'`),
    writing('locks', `select * from ${table} for update`),
    writing('admin', `admin show ddl; drop table ${table}`),
    writing('explains', `explain analyze delete from ${table}`),
    writing('explains-cte', `with a as (select 1) delete from ${table}`),
  ]
  const throws = defineCheck({ ...common, name: 'throws', run: () => Promise.reject(new TypeError('oops')) })
  const finds = defineCheck({ ...common, name: 'finds', run: () => Promise.resolve([problem('is not well')]) })
  const reading = (name: string) =>
    defineCheck({
      ...common,
      name,
      run: async ({ session }) => (await session.query('with a as (select 1 as n) select * from a')) && [],
    })
  const sessions = await tidbPool.sessions('one', 'two')
  const report = await runChecks(sessions, [throws, ...written, finds, reading('passes'), reading('passes-too')])
  expect(report.results.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
    'throws failed',
    ...written.map(({ name }) => `${name} failed`),
    'finds findings',
    'passes passed',
    'passes-too passed',
  ])
  expect(report.results[0]?.reason).toBe('it failed: oops')
  expect(report.results[1]?.reason).toContain('would send what may write')
  expect(report.findings).toEqual([
    {
      check: 'finds',
      severity: 'warning',
      subject: { kind: 'node', name: 'one' },
      message: 'is not well',
      advice: 'nothing',
      docs: 'https://docs.pingcap.com/tidb/stable/',
    },
  ])
  expect(report.cost.statements).toBe(2)
  expect(await tidb.query('select * from kept')).toEqual([])
})

test('a check has a deadline, and a signal gives up all of them', async ({ tidb }) => {
  const slow = defineCheck({
    ...common,
    name: 'slow',
    run: async ({ session }) =>
      (await session.query(
        'select count(*) from information_schema.columns a, information_schema.columns b, information_schema.columns c',
      )) && [],
  })
  const report = await runChecks(tidb, [slow], { within: '100ms' })
  expect(report.results).toEqual([
    expect.objectContaining({
      outcome: 'not-available',
      reason: expect.stringMatching(/^not available here, because it took too long/) as string,
    }),
  ])
  await expect(slow(tidb, {}, { within: '100ms' })).rejects.toMatchObject({
    code: 'TIDB_CHECK_UNAVAILABLE',
    silence: 'not-available',
  })
  await expect(runChecks(tidb, [slow], { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
    code: 'TIDB_ABORTED',
  })
})

test('what this user may not see is not available, and what no such server has is not applicable', async ({
  tidb,
  tidbPool,
  database,
}) => {
  const user = `reader_${database}`
  await tidb.query('create user ? identified by ?', [user, 'word'])
  await tidb.query(`grant select on ${database}.* to ?`, [user])
  const reader = tidbPool.session('reader', { user, password: 'word' })
  try {
    const later = defineCheck({
      ...common,
      name: 'later',
      run: async ({ session }) => (await session.query('select * from information_schema.not_yet_there')) && [],
    })
    const report = await runChecks(reader, [noOldTransactions, noFailedImports, later])
    expect(report.results.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['not-available', 'not available here, because this user does not have PROCESS on *.*'],
      ['not-available', 'not available here, because this user does not have SUPER on *.*'],
      ['not-applicable', expect.stringContaining('(1146)')],
    ])
    await expect(noOldTransactions(reader)).rejects.toThrow('does not have PROCESS')
  } finally {
    await tidb.query('drop user ?', [user])
  }
})

test('findings below the severity asked for do not count, and limits are checked before anything is sent', async ({
  tidb,
}) => {
  const several = defineCheck({
    ...common,
    name: 'several',
    limits: { most: countLimit(2, 'things') },
    run: async ({ session, limits }) => {
      await session.query('select 1')
      return [
        problem('a', { severity: 'info' }),
        problem('b', { severity: 'critical', observed: limits.most }),
        problem('c'),
      ]
    },
  })
  const messages = async (severity: 'critical' | 'warning' | 'info') =>
    (await runChecks(tidb, [several], { severity })).findings.map(({ message }) => message)
  expect(await messages('critical')).toEqual(['b'])
  expect(await messages('warning')).toEqual(['b', 'c'])
  expect(await messages('info')).toEqual(['b', 'c', 'a'])
  const quiet = defineCheck({
    ...common,
    name: 'quiet',
    run: () => Promise.resolve([problem('a', { severity: 'info' })]),
  })
  expect((await runChecks(tidb, [quiet], { severity: 'warning' })).results[0]?.outcome).toBe('passed')

  const { findings } = await runChecks(tidb, [several], { limits: { several: { most: '7' } } })
  expect(findings[0]?.observed).toBe(7)
  await expect(runChecks(tidb, [several], { limits: { several: { most: 'many' } } })).rejects.toThrow(
    'several.most is "many"\n  try: give a whole number from 0',
  )
  await expect(runChecks(tidb, [several], { limits: { several: { mots: 1 } } })).rejects.toThrow('did you mean most?')
  await expect(runChecks(tidb, [several], { only: ['sevral'] })).rejects.toThrow('did you mean several?')
  await expect(runChecks(tidb, [several], { skip: ['other'] })).rejects.toThrow('the checks are several')
})

test('limits of the configuration reach the checks of a worker', async ({ tidb }) => {
  const seen = defineCheck({
    ...common,
    name: 'seen',
    limits: { most: countLimit(2, 'things') },
    run: async ({ session, limits }) => {
      await session.query('select 1')
      return [problem(String(limits.most))]
    },
  })
  const most = async (limits = {}) => (await seen(tidb, limits)).map(({ message }) => message)
  const provided = inject('tidb')
  if (provided === undefined) throw new TypeError('a server is provided')
  try {
    void new RunServer({ ...provided, settings: { ...provided.settings, checkLimits: { seen: { most: 5 } } } })
    expect(await most()).toEqual(['5'])
    expect(await most({ most: 7 })).toEqual(['7'])
  } finally {
    void new RunServer(provided)
  }
  expect(await most()).toEqual(['2'])
})
