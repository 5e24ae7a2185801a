import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { JobScriptError } from '../errors.ts'
import { loadJobScript, parseJobScript } from './parse.ts'
import type { ScriptedJob } from './script.ts'

const folder = new URL('../../fixtures/import-jobs/', import.meta.url)

/** What a script of one job means. */
function only(text: string): ScriptedJob {
  const [job, ...others] = parseJobScript(text).jobs
  expect(others).toEqual([])
  return job as ScriptedJob
}

/** The moments of a job's steps: when, and the rows by then. */
function rowsOf({ steps }: ScriptedJob): [number, bigint | undefined][] {
  return steps.flatMap(({ moments }) =>
    moments.map(({ atMs, change }): [number, bigint | undefined] => [atMs, change.rows]),
  )
}

describe('the scripts of this repository', () => {
  test.for(readdirSync(folder))('%s is valid, and takes no longer than about 3 s', async (name) => {
    const { jobs, where } = await loadJobScript(new URL(name, folder))
    expect(where).toBe(`fixtures/import-jobs/${name}`)
    const live = jobs.filter(({ ageMs }) => ageMs === undefined)
    const ends = live.map(({ atMs, steps }) => atMs + (steps.at(-1)?.moments.at(-1)?.atMs ?? 0))
    expect(Math.max(0, ...ends)).toBeLessThanOrEqual(3_000)
  })

  test('the fast and the slow one are the same job', async () => {
    const [fast, slow] = await Promise.all(
      ['pace-fast.yaml', 'pace-slow.yaml'].map(async (name) => (await loadJobScript(new URL(name, folder))).jobs[0]),
    )
    expect(fast?.name).toBe(slow?.name)
    expect(fast?.columns).toEqual(slow?.columns)
  })
})

describe('what a script means', () => {
  test('a job with nothing said of it', () => {
    expect(only('jobs: [{table: orders}]')).toMatchObject({
      name: 'orders',
      database: undefined,
      atMs: 0,
      repeat: 1,
      columns: { table_name: 'orders', status: 'pending', step: '', source_file_size: 0n, summary: null },
      steps: [],
    })
  })

  test('YAML and JSON mean the same', () => {
    const yaml =
      'jobs:\n  - name: orders # the first\n    size: 1.15GiB\n    steps:\n      - after: 5s\n        finish:\n'
    const json =
      '{\n\t"jobs": [\n\t\t{"name": "orders", "size": "1.15GiB", "steps": [{"after": 5000, "finish": {}}]}\n\t]\n}'
    expect(parseJobScript(json)).toEqual(parseJobScript(yaml))
  })

  test('steps follow one another in time', () => {
    const { steps } = only(`
jobs:
  - name: orders
    steps: [start, { after: 1s, stall: 2s }, phase: validating, { at: 10s, fail: disk full }]
`)
    expect(steps.map(({ text, moments }) => [text, ...moments.map(({ atMs }) => atMs)])).toEqual([
      ['start', 0],
      ['stall', 1_000, 3_000],
      ['phase', 3_000],
      ['fail', 10_000],
    ])
  })

  test('rows in all, as a share, as so many more, and over time', () => {
    const job = only(`
jobs:
  - name: orders
    rows: 1_000
    steps: [advance: 100, advance: 20%, advance: '+50', advance: '+12.5%', { advance: { to: 100%, over: 250ms } }, advance: 7]
`)
    expect(rowsOf(job)).toEqual([
      [0, 100n],
      [0, 200n],
      [0, 250n],
      [0, 375n],
      [100, 583n],
      [200, 791n],
      [250, 1_000n],
      [250, 7n],
    ])
  })

  test('what else a step does comes with the last of its rows', () => {
    const { steps } = only('jobs: [{name: a, steps: [{advance: {to: 2, over: 200ms}, phase: validating}]}]')
    expect(steps[0]?.moments).toEqual([
      { atMs: 100, change: { rows: 1n } },
      { atMs: 200, change: { rows: 2n, job: { step: 'validating' } } },
    ])
  })

  test.for([
    ['finish', 1_000, 0],
    ['finish: 999', 999, 0],
    ['finish: 50%', 500, 0],
    ['finish: { rows: 990, conflicts: 10 }', 990, 10],
  ] as const)('%s', ([step, imported, conflicts]) => {
    const { steps } = only(`{jobs: [{name: a, rows: 1000, steps: [${step}]}]}`)
    const summary = JSON.parse(steps[0]?.moments[0]?.change.job?.summary as string) as unknown
    expect(summary).toEqual({ 'imported-rows': imported, 'row-count': imported, 'conflicted-rows': conflicts })
  })

  test('without rows in its job, a job finishes with those that it has advanced to', () => {
    const { steps } = only('jobs: [{name: a, steps: [advance: 5, finish]}]')
    expect(steps[1]?.moments[0]?.change.job?.summary).toContain('"imported-rows":5')
  })

  test('counts keep all their digits', () => {
    const job = only('{"jobs": [{"name": "a", "rows": 9007199254740993, "steps": [{"advance": "100%"}, "finish"]}]}')
    expect(rowsOf(job)[0]).toEqual([0, 9_007_199_254_740_993n])
    expect(job.steps[1]?.moments[0]?.change.job?.summary).toContain('"imported-rows":9007199254740993,')
  })

  test('raw columns win, and know times', () => {
    const { steps } = only(`
jobs: [{name: a, steps: [{finish: , set: {status: done, end_time: 5m ago, start_time: in 1h, create_time: 2026-01-31 02:00:00}}]}]
`)
    expect(steps[0]?.moments[0]?.change.job).toMatchObject({
      status: 'done',
      end_time: { agoMs: 300_000 },
      start_time: { agoMs: -3_600_000 },
      create_time: '2026-01-31 02:00:00',
    })
  })

  test('YAML may share what is alike', () => {
    const { jobs } = parseJobScript(`
jobs:
  - &first { name: orders, rows: 10, steps: &all [start, finish] }
  - { <<: *first, name: invoices }
  - { name: customers, steps: *all }
`)
    expect(jobs.map(({ name, steps }) => [name, steps.length])).toEqual([
      ['orders', 2],
      ['invoices', 2],
      ['customers', 2],
    ])
  })
})

describe('what is wrong is named, with its line and what is allowed', () => {
  const job = (...lines: string[]) => ['jobs:', '  - name: orders', ...lines].join('\n')

  test.for([
    ['', 'line 1: is null; allowed: a job script, with about, jobs'],
    ['[]', 'line 1, jobs: a job script needs "jobs"'],
    ['jobs: []', 'line 1, jobs: is empty; allowed: a list of at least one job'],
    ['jobs:\n  orders: {}', 'line 1, jobs: is {"orders":{}}; allowed: a list of jobs'],
    ['job: []', '"job" is not a key of a job script; allowed: about, jobs; did you mean jobs?'],
    ['jobs: [', 'line 1: '],
    ['jobs:\n- name: a\n  name: b', 'line 3: Map keys must be unique'],
    ['jobs: []\n---\njobs: []', 'line 2: '],
    ['jobs: !odd []', 'line 1: Unresolved tag: !odd'],
    ['jobs: *none', 'Unresolved alias'],
    ['jobs:\n  - rows: 1', 'line 2, job 1: a job needs `table`, or a `name` that is also its table'],
    [job('    tabel: orders'), 'line 3, job "orders", tabel: "tabel" is not a key of a job'],
    [job('    tabel: orders'), 'did you mean table?'],
    [job('    steps: 5'), 'line 3, job "orders", steps: is 5; allowed: a list of steps'],
    [job('    rows: -1'), 'line 3, job "orders", rows: is -1; allowed: a whole number, 0 to 9223372036854775807'],
    [job('    rows: 1.5'), 'rows: is 1.5; allowed: a whole number'],
    [job('    rows: 9223372036854775808'), 'rows: is "9223372036854775808"; allowed: a whole number'],
    [job('    size: big'), 'size: is "big"; allowed: a number of bytes, or text such as 1.15GiB, 20MB'],
    [job('    repeat: 0'), 'repeat: is 0; allowed: a whole number, 1 to 100000'],
    [job('    id: 5', '    repeat: 2'), `line 3, job "orders", id: several jobs can't share a number`],
    [job('    age: 1s', '    steps: [{after: 2s, finish: }]'), 'age: is shorter than its steps take, 2 s'],
    [job('    user: null'), 'user: is null; allowed: text of at most 300 characters'],
    [job('  - name: orders'), 'line 3, job "orders", name: there is another job "orders"'],
    [job('    steps:', '      - finsh'), 'line 4, job "orders", step 1: is "finsh"; allowed: a step, with after'],
    [job('    steps:', '      - finsh'), 'did you mean finish?'],
    [job('    steps: [cancelled: ]'), 'did you mean cancel?'],
    [job('    steps: [after: soon]'), 'is "soon"; allowed: a duration: a number of ms, or text such as 500ms, 5s'],
    [job('    steps: [after: -5]'), 'step 1, after: is -5; allowed: a duration'],
    [job('    steps: [{after: 1s, at: 2s}]'), 'step 1, at: has `after` as well'],
    [job('    steps: [stall: 5s, {at: 2s, finish: }]'), 'at: is 2 s since the job was created, but the previous step'],
    [job('    steps: [advance: 50%]'), 'step 1, advance: is a share, which needs `rows` in its job'],
    [job('    steps: [advance: lots]'), 'advance: is "lots"; allowed: rows so far'],
    [job('    steps: [advance: {}]'), 'step 1, advance, to: `advance` needs "to"'],
    [job('    steps: [advance: {to: 1, over: 1d, every: 1ms}]'), 'advance: goes in 86400000 moments; allowed: 100000'],
    [job('    steps: [advance: {to: 1, every: 0}]'), 'every: is 0; allowed: a duration of at least 1ms'],
    [job('    steps: [finish: {row: 5}]'), 'row: "row" is not a key of `finish`; allowed: rows, conflicts'],
    [job('    steps: [{finish: , fail: x}]'), 'line 3, job "orders", step 1: does finish and fail at once'],
    [job(`    steps: [fail: ${'x'.repeat(65_536)}]`), '…; allowed: text of at most 65535 bytes'],
    [job('    steps: [fail: {reason: x}]'), '"reason" is not a key of `fail`; allowed: message'],
    [job('    steps: [vanish: soon]'), 'vanish: is "soon"; allowed: nothing, or true'],
    [job('    steps: [set: {sumary: x}]'), 'did you mean summary?'],
    [job('    steps: [set: {status: 5}]'), 'set, status: is 5; allowed: text of at most 64 characters'],
    [job(`    steps: [set: {step: ${'x'.repeat(65)}}]`), 'allowed: text of at most 64 characters'],
    [
      job('    steps: [set: {end_time: later}]'),
      'end_time: is "later"; allowed: a time such as 2026-01-31 02:00:00, now',
    ],
    [job('    steps: [set: {create_time: null}]'), /create_time: is null; allowed: a time such as .* in 1h$/m],
    [job('    steps: [set: {table_id: 9223372036854775808}]'), 'table_id: is "9223372036854775808"; allowed: a whole'],
  ] as const)('$1', ([text, said]) => {
    expect(() => parseJobScript(text, 'odd.yaml')).toThrow(JobScriptError)
    expect(() => parseJobScript(text, 'odd.yaml')).toThrow(said)
    expect(() => parseJobScript(text, 'odd.yaml')).toThrow(/^the job script odd\.yaml is not valid\n {2}/)
  })

  test('all of it at once', () => {
    const text = job('    rows: -1', '    size: big', '    steps:', '      - start: 5', '      - finsh')
    expect(() => parseJobScript(text)).toThrow(/line 3, [^]*line 4, [^]*line 6, [^]*line 7, /)
    const many = job('    steps:', ...Array.from({ length: 15 }, () => '      - finsh'))
    expect(() => parseJobScript(many)).toThrow(/line 13, [^]*\n {2}and 5 more/)
  })

  test('a file that is not there', async () => {
    await expect(loadJobScript('fixtures/import-jobs/none.yaml')).rejects.toThrow(JobScriptError)
    await expect(loadJobScript('fixtures/import-jobs/none.yaml')).rejects.toThrow(
      "the job script fixtures/import-jobs/none.yaml can't be read: ENOENT",
    )
  })
})
