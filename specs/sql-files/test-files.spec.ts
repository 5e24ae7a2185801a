import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { expect, test } from 'vitest-tidb'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'
import { writtenFiles } from './written-files.ts'

// Each run starts servers of its own: several things are seen in one.
const RUN = { timeout: 180_000 }
const own = { TIDB_PROVIDER: 'binary' }
const noBinary = await whyNoBinary()

describe.skipIf(noBinary !== undefined)('files with recorded results', () => {
  test('pass, each with a server to itself that is as it was before', RUN, async () => {
    // One server: what a file leaves on it would be there for the next.
    const { status, output } = await runVitest('sql-files', {
      env: own,
      args: ['--reporter=verbose', '--maxWorkers=1'],
    })
    expect(output).toContain('✓ t/orders.test > 4: select * from orders where id = 2;')
    expect(output).toContain('✓ t/sales.test > 11: insert into stock')
    expect(output).toContain('✓ t/prices.slt > 9: select * from prices order by item')
    expect(output).toContain('t/numbers.slt > 60: SELECT 1: halt in line 58')
    expect(output).toMatch(/✓ t\/sessions\.test > 18: reap/)
    expect(output).toMatch(/✓ t\/sessions\.test > 38: eval select \$n as turn/)
    expect(output).toMatch(/↓ t\/sessions\.test > 47: select 'never';[^\n]*a condition before it is not met/)
    expect(output).toMatch(/Test Files +6 passed/)
    expect(status).toBe(0)
  })
})

describe.skipIf(noBinary !== undefined)('what is wrong', () => {
  test('is told of the one statement that it is about, with what was expected and received', RUN, async () => {
    using files = writtenFiles({
      't/value.test': 'create table t (a int);\ninsert into t values (1);\nselect a from t;\nselect a + 1 from t;\n',
      'r/value.result':
        'create table t (a int);\ninsert into t values (1);\nselect a from t;\na\n7\nselect a + 1 from t;\na + 1\n2\n',
      't/longer.test': 'select 1;\n',
      'r/longer.result': 'select 1;\n1\n1\nselect 2;\n2\n2\n',
      't/shorter.test': 'select 1;\nselect 2;\n',
      'r/shorter.result': 'select 1;\n1\n1\n',
      't/one_byte.test': "select 'a\u00e9';\n",
      'r/one_byte.result': Buffer.from("select 'a\u00e9';\na\u00e9\na\u00e8\n"),
      't/binary.test': "select x'ff00', 'b';\n",
      'r/binary.result': Buffer.from("select x'ff00', 'b';\nx'ff00'\tb\n\xff\x01\tb\n", 'latin1'),
      't/fails.test': 'select 1;\nselect * from missing;\nselect 2;\n',
      'r/fails.result': 'select 1;\n1\n1\nselect * from missing;\nselect 2;\n2\n2\n',
      't/dies.test': `--let $p = \`select @@port\`\n--exec kill -9 $(pgrep -f -- "[-]P $p -status")\nselect 1;\nselect 2;\n`,
      'r/dies.result': 'select 1;\n1\n1\nselect 2;\n2\n2\n',
      // Nothing of what this process knows.
      't/secret.test': '--exec printenv MY_TOKEN || echo none\n',
      'r/secret.result': 'none\n',
      't/other_error.test': '--error 1062\nselect * from missing;\n--error 1146\nselect 1;\n',
      'r/other_error.result': 'select * from missing;\nselect 1;\n1\n1\n',
    })
    const { status, output } = await files.run(['--reporter=verbose'], {
      ...own,
      SQL_FILES_EXEC: 'true',
      MY_TOKEN: 'geheim',
    })
    expect(status).toBe(1)
    expect(output).toMatch(/✓ \S*value\.test > 4: select a \+ 1 from t;/)
    expect(output).toMatch(/value\.test:3: result differs: select a from t;[^]*?- 7\s+\+ 1/)
    expect(output).toMatch(/longer\.test:2: the recorded result has more: the end of the file/)
    expect(output).toMatch(/shorter\.test:2: the recorded result does not have it: select 2;/)
    expect(output).toMatch(/one_byte\.test:1: result differs[^]*?- aè\s+\+ aé/)
    expect(output).toMatch(/binary\.test:1: result differs[^]*?\\xff\\x01/)
    expect(output).toMatch(
      /fails\.test:2: Error 1146 \(42S02\): Table 'fails\.missing' doesn't exist: select \* from missing;/,
    )
    expect(output).toMatch(/✓ \S*fails\.test > 3: select 2;/)
    expect(output).toMatch(/other_error\.test:2: Error 1146 [^\n]*; expected 1062: select \* from missing;/)
    // The files after it have another server.
    expect(output).toMatch(/dies\.test:3: the connection is lost with this statement: select 1;/)
    expect(output).toMatch(/dies\.test > 4: select 2;: not carried out after line 3 failed/)
    expect(output).toMatch(/Test Files +8 failed \| 1 passed \(9\)/)
    expect(output).toMatch(/other_error\.test:4: it succeeded; expected 1146: select 1;/)
  })

  test('in a file itself is told with its line, and the others run', RUN, async () => {
    using files = writtenFiles({
      't/good.test': 'select 1;\n',
      'r/good.result': 'select 1;\n1\n1\n',
      't/no_result.test': 'select 1;\n',
      't/directive.test': 'select 1;\n--sort_result\nselect 2;\n',
      't/delimiter.test': 'select 1;\ndelimiter //\nselect 2;\n',
      't/latin1.test': Buffer.from("select 1;\nselect 'caf\xe9';\n", 'latin1'),
      't/crlf.test': 'select 1;\r\n',
      'r/crlf.result': 'select 1;\r\n1\r\n1\r\n',
      't/no_connection.test': 'select 1;\nconnection nobody;\nselect 2;\n',
      'r/no_connection.result': 'select 1;\n1\n1\nselect 2;\n2\n2\n',
      't/error_last.test': 'select 1;\n--error 1146\n',
      'r/error_last.result': 'select 1;\n1\n1\n',
      't/exec.test': '--exec echo hello\n',
      'r/exec.result': 'hello\n',
      't/remove.test': '--remove_file exec.test\n',
      'r/remove.result': '',
      't/open.test':
        'create table t (a int);\nbegin;\ninsert into t values (1);\nset @@global.max_connections = 77;\n--die in the middle\nselect 1;\n',
      'r/open.result':
        'create table t (a int);\nbegin;\ninsert into t values (1);\nset @@global.max_connections = 77;\n',
      't/open_again.test': 'create table t (a int);\nselect * from t;\nselect @@global.max_connections;\n',
      'r/open_again.result':
        'create table t (a int);\nselect * from t;\na\nselect @@global.max_connections;\n@@global.max_connections\n0\n',
      't/own_kill.test': 'select 1;\nkill connection_id();\nselect 2;\n',
      'r/own_kill.result': 'select 1;\n1\n1\nkill connection_id();\nselect 2;\n2\n2\n',
    })
    const { status, output } = await files.run(['--reporter=verbose'], own)
    expect(status).toBe(1)
    expect(output).toMatch(/✓ \S*good\.test > 1: select 1;/)
    expect(output).toMatch(
      /no_result\.test:1: its recorded result can't be read: [^\n]*no_result\.result\n\s+try: record it with vitest -u/,
    )
    expect(output).toMatch(/directive\.test:2: there is no command sort_result\n\s+try: did you mean sorted_result\?/)
    expect(output).toMatch(/delimiter\.test:3: the statement that begins here is not ended before the end/)
    expect(output).toMatch(/latin1\.test:2: the file is not UTF-8 from here on\n\s+try: convert it/)
    expect(output).toMatch(/crlf\.result:1: its lines end with CR LF/)
    expect(output).toMatch(/no_connection\.test:2: there is no connection nobody/)
    expect(output).toMatch(/error_last\.test:2: error before nothing/)
    expect(output).toMatch(/exec\.test:1: exec runs a program on this machine, which is not allowed/)
    expect(output).toMatch(/remove\.test:1: remove_file removes a file of this machine, which is not allowed/)
    expect(output).toMatch(/open\.test:5: the file dies here: in the middle/)
    expect(output).toMatch(/✓ \S*open_again\.test > 3: select @@global\.max_connections;/)
    expect(output).toMatch(/own_kill\.test:2: the connection is lost with this statement/)
  })
})

describe.skipIf(noBinary !== undefined)('vitest', () => {
  test('records what was selected, and nothing else, and finds it right', RUN, async () => {
    const recorded = 'select 1;\n1\n1\nselect 2;\n2\n9\nselect 3;\n3\n9\n'
    using files = writtenFiles({
      't/new.test': "select 'x' as a;\n--echo end\n",
      't/part.test': 'select 1;\nselect 2;\nselect 3;\n',
      'r/part.result': recorded,
    })
    const read = (name: string) => readFileSync(join(files.path, name), 'utf8')
    const whole = await files.run(['new.test', '-u'], own)
    expect(whole.output).toContain('2 passed')
    expect(read('r/new.result')).toBe("select 'x' as a;\na\nx\nend\n")
    const part = join(files.path, 't/part.test')
    const one = await files.run([`${part}:2`, '--reporter=verbose', '-u'], own)
    expect(read('r/part.result')).toBe(recorded.replace('2\n9', '2\n2'))
    expect(one.output).toMatch(/✓ \S*part\.test:2 > 2: select 2;/)
    expect(one.output).toMatch(/Tests +1 passed \| 3 skipped/)
  })
})

describe.skipIf(noBinary !== undefined)('a shard of a thousand files', () => {
  test(
    'passes when a server dies in one of them and it is tried again: on another, from its beginning',
    RUN,
    async () => {
      const texts = Array.from({ length: 1_000 }, (_, at) => ({
        // The tenth file that comes here ends its server.
        [`t/f${at}.test`]: `create table t (a int);
insert into t values (${at});
--let $p = \`select @@port\`
--exec echo x >> ../count; test $(wc -l < ../count) -ne 10 || kill -9 $(pgrep -f -- "[-]P $p -status")
select * from t;
`,
        [`r/f${at}.result`]: `create table t (a int);
insert into t values (${at});
select * from t;
a
${at}
`,
      }))
      using files = writtenFiles(Object.assign({}, ...texts) as Record<string, string>)
      const args = ['--reporter=verbose', '--shard=2/50', '--maxWorkers=1', '--retry=1']
      const { status, output } = await files.run(args, { ...own, SQL_FILES_EXEC: 'true' })
      expect(output).toMatch(/Test Files +20 passed \(20\)/)
      expect(output).toMatch(/Tests +100 passed \(100\)/)
      expect(output.match(/✓ [^\n]*\(retry x1\)/g)).toEqual([
        expect.stringMatching(/t\/f\d+\.test > 5: select \* from t; /),
      ])
      expect(status).toBe(0)
    },
  )
})

test('a configured host that nobody else uses takes files that change a global', RUN, async ({ tidb }) => {
  const name = `sql_${process.pid}_${Date.now().toString(36)}`
  const sql = `select @@global.tidb_ddl_error_count_limit;
set global tidb_ddl_error_count_limit = 511;
select @@global.tidb_ddl_error_count_limit;
set global tidb_ddl_error_count_limit = default;
`
  using files = writtenFiles({ [`t/${name}.test`]: sql })
  const run = await files.run(['-u'], { ...serverEnv(), SQL_FILES_GLOBAL: 'true' })
  expect(run.output).toMatch(/Tests +5 passed/)
  expect(readFileSync(join(files.path, `t/${name}.result`), 'utf8')).toContain('limit\n511\nset global')
  expect(await tidb.query('select @@global.tidb_ddl_error_count_limit as most')).toEqual([{ most: 512 }])
})

test(
  'on a configured host files take turns, leave nothing, and change nothing but databases of their own',
  RUN,
  async ({ tidb }) => {
    const name = `sql_${process.pid}_${Date.now().toString(36)}`
    using files = writtenFiles({
      [`t/${name}.test`]: `create database ${name}_own;\ncreate table ${name}_own.t (a int);\nselect database();\n`,
      [`r/${name}.result`]: `create database ${name}_own;\ncreate table ${name}_own.t (a int);\nselect database();\ndatabase()\n${name}\n`,
      [`t/${name}_global.test`]: 'select 1;\nset global max_connections = 77;\n',
      [`r/${name}_global.result`]: 'select 1;\n1\n1\nset global max_connections = 77;\n',
      [`t/${name}_taken.test`]: 'select 1;\n',
      [`r/${name}_taken.result`]: 'select 1;\n1\n1\n',
    })
    await tidb.query(`create database ${name}_taken`)
    try {
      const { output } = await files.run(['--reporter=verbose'], serverEnv())
      expect(output).toMatch(/✓ \S*\.test > 3: select database\(\);/)
      expect(output).toContain(
        `${name}_global.test:2: this changes more than databases of its own: 2: set global max_connections = 77;`,
      )
      expect(output).toContain(`the database ${name}_taken is there already`)
      const left = await tidb.query(`show databases like '${name}%'`)
      expect(left.flatMap((row) => Object.values(row))).toEqual([`${name}_taken`])
    } finally {
      await tidb.query(`drop database ${name}_taken`)
    }
  },
)
