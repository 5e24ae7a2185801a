import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig, TiDBConnection } from 'vitest-tidb'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { startMariaDB } from '../../fixtures/mariadb.ts'
import { writtenFiles } from './written-files.ts'

// Each run starts servers of its own: several things are seen in one.
const RUN = { timeout: 180_000 }
const own = { TIDB_PROVIDER: 'binary', TIDB_VERSION: 'v8.5.6', SQL_FILES_BASELINE: 'true' }
const noBinary = await whyNoBinary()

describe.skipIf(noBinary !== undefined)('files of SQL on two servers', () => {
  test('beside another release: what is not known fails, and so does what is known and gone', RUN, async () => {
    const known = (version: string, reason = 'it says its release') =>
      `# why\n${version}:\n  - { statement: select version(), kind: result, reason: '${reason}' }\n`
    using files = writtenFiles({
      't/alike.test':
        'create table t (a int);\ninsert into t values (2), (1);\nselect * from t;\nselect * from missing;\nexplain select * from t;\n' +
        'let $n = 2;\nwhile ($n)\n{\n  eval insert into t values ($n);\n  dec $n;\n}\nconnect (two, localhost, root,, alike);\nselect count(*) from t;\nset global max_connections = 100;\n',
      't/hidden.test':
        '--replace_regex /v8.5.[0-9]/release/\nselect version();\n--disable_result_log\n--disable_query_log\nselect version();\n--enable_result_log\nselect version();\n',
      't/differs.test': 'select 1;\nselect version();\nselect 2;\n',
      't/known.test': 'select version();\nselect 1;\n',
      't/known.differences.yaml': known('v8.5.4'),
      't/gone.test': 'select 1;\n',
      't/gone.differences.yaml': known('v8.5.4'),
      't/other.test': 'select version();\n',
      't/other.differences.yaml': known('10.11'),
      't/reason.test': 'select version();\n',
      't/reason.differences.yaml': known('v8.5.4', ''),
      't/recorded.test': 'select 1;\n',
      't/recorded.result': 'select 1;\n1\n2\n',
      't/alone.test': 'select version();\nselect 1;\n',
      't/both.slt': 'query I\nselect 1\n----\n1\n\nquery T\nselect version()\n----\n8.0.11-TiDB-v8.5.6\n',
    })
    const all = [
      'alike',
      'hidden',
      'differs',
      'known',
      'gone',
      'other',
      'reason',
      'recorded',
      'alone.test:2',
      'both.slt',
    ]
    const { status, output } = await files.run(
      ['--reporter=verbose', ...all.map((name) => join(files.path, 't', name))],
      {
        ...own,
        TIDB_BASELINE: 'v8.5.4',
      },
    )
    expect(status).toBe(1)
    expect(output).not.toMatch(/[×❯] \S*(?:alike|known|alone)\.test >/)
    expect(output).toMatch(/✓ \S*alike\.test(?::\d+)? > 13: select count/)
    expect(output).toMatch(/✓ \S*known\.test(?::\d+)? > 1: select version/)
    expect(output).toMatch(/✓ \S*hidden\.test(?::\d+)? > 2: select version/)
    expect(output).toMatch(/✓ \S*hidden\.test(?::\d+)? > 5: select version/)
    expect(output).toMatch(/× \S*hidden\.test(?::\d+)? > 7: select version/)
    expect(output).toMatch(/✓ \S*alone\.test(?::\d+)? > 2: select 1/)
    expect(output).toMatch(/✓ \S*differs\.test(?::\d+)? > 3: select 2/)
    expect(output).toMatch(
      /differs\.test:2: the baseline differs \(result\): select version\(\);\n\s+try: if it is to stay, add to \S*differs\.differences\.yaml, under "8\.0\.11-TiDB-v8\.5\.4": - \{"statement":"select version\(\)"/,
    )
    expect(output).toMatch(/- {2}8\.0\.11-TiDB-v8\.5\.4\n\s*\+ {2}8\.0\.11-TiDB-v8\.5\.6|[-+] +8\.0\.11-TiDB-v8\.5\.4/)
    expect(output).toMatch(
      /gone\.differences\.yaml:1: these known differences are gone: remove them\n\s+result: select version\(\)/,
    )
    expect(output).toMatch(/other\.differences\.yaml \(it has those of 10\.11 alone\)/)
    expect(output).toMatch(
      /other\.differences\.yaml has differences from 10\.11; the baseline is 8\.0\.11-TiDB-v8\.5\.4/,
    )
    expect(output).toMatch(/reason\.differences\.yaml:3: v8\.5\.4\.0\.reason: the reason is missing/)
    expect(output).toMatch(/recorded\.test:1: result differs: select 1/)
    const written = join(files.path, 't/differs.differences.yaml')
    expect(
      (await files.run([join(files.path, 't/differs.test'), '-u'], { ...own, TIDB_BASELINE: 'v8.5.4' })).status,
    ).toBe(0)
    expect(readFileSync(written, 'utf8')).toBe(
      'v8.5.4:\n  - statement: select version()\n    kind: result\n    reason: ""\n',
    )
    expect(output).toMatch(/both\.slt:6: the baseline differs \(result\): select version\(\)/)
  })

  test('beside MariaDB by its URL: three kinds of difference, and nothing is left there', RUN, async ({ skip }) => {
    const mariadb = await startMariaDB()
    if (typeof mariadb === 'string') return skip(mariadb)
    await using server = mariadb
    using files = writtenFiles({
      't/kinds.test':
        'select tidb_version() is not null;\nselect * from information_schema.nothing;\nselect version();\nselect 1;\nexplain select 1;\n',
      't/kinds.differences.yaml':
        '10.11:\n  - { statement: select version(), kind: result, reason: another server }\nv8.5.4:\n  - { statement: x, kind: error, reason: none }\n',
      't/warned.test': '--enable_warnings\nselect 1;\ndrop table if exists missing;\n',
      't/global.test': 'set global max_connections = 100;\n',
    })
    const { host, port } = server.settings
    const env = { ...own, TIDB_BASELINE_URL: `mysql://root:hunter2@${host}:${port}`, TIDB_BASELINE: 'v8.5.4' }
    const { output } = await files.run(['--reporter=verbose'], env)
    expect(output).toMatch(/kinds\.test:1: the baseline differs \(failure\): select tidb_version/)
    expect(output).toMatch(/kinds\.test:2: the baseline differs \(error\): select \* from information_schema\.nothing/)
    expect(output).toMatch(/✓ \S*kinds\.test(?::\d+)? > 3: select version/)
    expect(output).toMatch(/✓ \S*kinds\.test(?::\d+)? > 4: select 1/)
    // Plans are compared between TiDBs alone.
    expect(output).toMatch(/✓ \S*kinds\.test(?::\d+)? > 5: explain select 1/)
    expect(output).toMatch(/✓ \S*warned\.test(?::\d+)? > 3: drop table if exists missing/)
    expect(output).toMatch(/global\.test:1: this changes more than databases of its own/)
    expect(output).not.toContain('hunter2')
    const { config } = loadConfig({ options: server.settings, env: {}, envFile: false })
    await using witness = await TiDBConnection.open({ ...config, host: String(host) })
    const left = await witness.query<{ Database: string }>('show databases')
    expect(left.map(({ Database }) => Database).filter((name) => /^(?:kinds|warned|global)$/.test(name))).toEqual([])
    const none = await files.run([join(files.path, 't/warned.test')], own)
    expect(none.output).toMatch(
      /sqlFiles\.baseline is true, and there is no server to compare with\n\s+try: set TIDB_BASELINE/,
    )
    expect(none.status).toBe(1)
  })
})
