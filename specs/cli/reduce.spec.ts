import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { startMariaDB } from '../../fixtures/mariadb.ts'
import { runCli } from '../../fixtures/run-cli.ts'
import { writtenFiles } from '../sql-files/written-files.ts'

const RUN = { timeout: 180_000 }
const env = { TIDB_PROVIDER: 'binary' }
const noBinary = await whyNoBinary()
const noise = (from: number) => Array.from({ length: 4 }, (_, at) => `create table n${from + at} (a int);\n`).join('')

describe.skipIf(noBinary !== undefined)('vitest-tidb reduce', () => {
  test('leaves what the failure needs: the statements, the block, the connection that it is in', RUN, async () => {
    const text =
      `--disable_query_log\n--disable_result_log\n${noise(0)}create table t (a int);\n# kept with it\nlet $n = 3;\nwhile ($n)\n{\n` +
      `  eval insert into t values ($n);\n  dec $n;\n}\n${noise(20)}--error 1146\nselect * from missing;\n` +
      `connect (two, localhost, root,, kept);\nset @a = 1;\n--enable_result_log\nselect a + @a from t order by a;\nselect 1;\n`
    using files = writtenFiles({
      't/kept.test': text,
      't/kept.result': "Error 1146 (42S02): Table 'kept.missing' doesn't exist\na + @a\n2\n3\n5\n1\n1\n",
    })
    const file = join(files.path, 't/kept.test')
    const { status, stdout, stderr } = await runCli(['reduce', file, '--within', '120s'], env)
    expect(stderr).toMatch(/kept\.test:\d+: [^:]*: select a \+ @a from t order by a; \(line \d+\)/)
    expect(stdout).toMatch(/kept\.reduced\.test: 5 of \d+ parts fail in the same way; none of them can be left out/)
    expect(status).toBe(0)
    expect(readFileSync(join(files.path, 't/kept.reduced.test'), 'utf8')).toBe(
      'create table t (a int);\n# kept with it\nlet $n = 3;\nwhile ($n)\n{\n  eval insert into t values ($n);\n  dec $n;\n}\n' +
        'set @a = 1;\nselect a + @a from t order by a;\n',
    )
  })

  test('beside a baseline, the difference stays; what is known is none', RUN, async ({ skip }) => {
    const mariadb = await startMariaDB()
    if (typeof mariadb === 'string') return skip(mariadb)
    await using server = mariadb
    const { host, port } = server.settings
    using files = writtenFiles({
      't/other.test': `select version();\n${noise(0)}create table t (a int);\ninsert into t values (1), (2);\nselect a / 0, json_type(json_array(a)), tidb_version() from t;\n`,
      't/other.differences.yaml': '10.11:\n  - { statement: select version(), kind: result, reason: its name }\n',
    })
    const out = join(files.path, 'out.test')
    const beside = { ...env, TIDB_BASELINE_URL: `mysql://root:hunter2@${host}:${port}` }
    const run = await runCli(['reduce', join(files.path, 't/other.test'), '--out', out, '--json'], beside)
    expect(run.status).toBe(0)
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: true, after: 2, end: 'smallest' })
    expect(run.stderr).toMatch(/the baseline differs \(failure\): select a \/ 0/)
    expect(run.stderr + run.stdout).not.toContain('hunter2')
    expect(readFileSync(out, 'utf8')).toBe(
      'create table t (a int);\nselect a / 0, json_type(json_array(a)), tidb_version() from t;\n',
    )
  })

  test('says so when nothing fails, and when its time is over, with the best so far', RUN, async () => {
    using files = writtenFiles({
      't/good.test': 'select 1;\n',
      't/good.result': 'select 1;\n1\n1\n',
      't/slow.test': '--disable_query_log\nset @a = 1;\nset @b = 2;\nselect sleep(0.2), @a;\n',
      't/slow.result': 'nothing\n',
      't/broken.test': '--no_such_command\n',
    })
    const at = (name: string) => join(files.path, 't', name)
    const good = await runCli(['reduce', at('good.test')], env)
    expect(good.stderr).toMatch(/does not fail here: there is nothing to reduce\n\s+try: run it with vitest/)
    expect(good.status).toBe(1)
    expect(existsSync(at('good.reduced.test'))).toBe(false)
    const slow = await runCli(['reduce', at('slow.test'), '--within', '150ms'], env)
    expect(slow.stdout).toMatch(
      /slow\.reduced\.test: 4 of 4 parts fail in the same way; the time is over: there may be smaller/,
    )
    expect(slow.status).toBe(0)
    expect(readFileSync(at('slow.reduced.test'), 'utf8')).toContain(
      'set @a = 1;\nset @b = 2;\nselect sleep(0.2), @a;\n',
    )
    const broken = await runCli(['reduce', at('broken.test')], env)
    expect(broken.stderr).toMatch(/broken\.test:1: there is no command no_such_command/)
    expect(broken.status).toBe(1)
    const usage = await runCli(['reduce', at('good.test'), '--within', 'soon'], env)
    expect(usage.stderr).toContain('--within is "soon"')
    expect(usage.status).toBe(2)
  })
})
