import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { whyNoBinary } from '../../fixtures/local-binary.ts'
import { writtenFiles } from './written-files.ts'

// Each run starts servers of its own: several things are seen in one. Files that pass are in the run of test-files.spec.ts.
const RUN = { timeout: 180_000 }
const own = { TIDB_PROVIDER: 'binary' }
const noBinary = await whyNoBinary()

describe.skipIf(noBinary !== undefined)('files of sqllogictest', () => {
  test('say which record failed, where, and how; those after it run', RUN, async () => {
    using files = writtenFiles({
      't/value.slt': 'query I\nselect 1\n----\n2\n\nquery I\nselect 3\n----\n3\n',
      't/fails.slt':
        'statement ok\nselect * from missing\n\nquery I\nselect a from missing\n----\n1\n\nstatement ok\nselect 2\n',
      't/succeeds.slt':
        'statement error\nselect 1\n\nstatement error (42S02)\nselect x\n\nstatement error no such\nselect y\n',
      't/count.slt': 'statement ok\ncreate table t (a int)\n\nstatement count 2\ninsert into t values (1)\n',
      't/columns.slt': 'query II\nselect 1\n----\n1\n\nquery I\nset @a = 1\n----\n\n',
      't/hash.slt': 'query I\nselect 1\n----\n1 values hashing to 00000000000000000000000000000000\n',
      't/label.slt': 'query I nosort same\nselect 1\n\nquery I nosort same\nselect 2\n',
      't/directive.slt': 'statement ok\nselect 1\n\nselect 2\n',
      't/latin1.slt': Buffer.from("query T\nselect 'caf\xe9'\n----\ncaf\xe9\n", 'latin1'),
      't/utf8.slt': "query T\r\nselect 'caf\u00e9'\r\n----\r\ncaf\u00e9\r\n",
      't/program.slt': 'system ok\necho hello\n',
      't/let.slt': 'let a, b\nselect 1\n',
      't/kill.slt':
        'statement ok\nselect 1\n\nstatement ok\nkill connection_id()\n\nstatement ok\nselect 2\n\nreconnect\n\nstatement ok\nselect 3\n\nuser nobody\n\nstatement ok\nselect 4\n',
      't/open.slt':
        'statement ok\ncreate table t (a int)\n\nstatement ok\nbegin\n\nstatement ok\ninsert into t values (1)\n',
      't/sqlite.test': 'hash-threshold 8\n\nquery I rowsort\nselect 1\n----\n1\n',
      't/part.slt': 'include part.inc\n\nloop i 0 2\n\nquery I\nselect ${i}\n----\n0\n\nendloop\n',
      't/part.inc': 'query I\nselect 1\n----\n2\n',
    })
    const { status, output } = await files.run(['--reporter=verbose'], own)
    expect(status).toBe(1)
    expect(output).toMatch(/value\.slt:1: result differs: select 1[^]*?Expected: "2"\s+Received: "1/)
    expect(output).toMatch(/✓ \S*value\.slt > 6: select 3/)
    expect(output).toMatch(
      /fails\.slt:1: it failed: select \* from missing[^]*?Received: "ERROR 1146 \(42S02\): Table 'fails\.missing'/,
    )
    expect(output).toMatch(/fails\.slt:4: it failed: select a from missing/)
    expect(output).toMatch(/✓ \S*fails\.slt > 9: select 2/)
    expect(output).toMatch(/succeeds\.slt:1: it succeeded, and had to fail: select 1/)
    expect(output).toMatch(
      /succeeds\.slt:4: it failed with another error: select x[^]*?Expected: "SQLSTATE 42S02"\s+Received: "ERROR 1054 \(42S22\)/,
    )
    expect(output).toMatch(
      /succeeds\.slt:7: it failed with another error: select y[^]*?Expected: "an error that matches no such/,
    )
    expect(output).toMatch(
      /count\.slt:4: it changed another number of rows: insert[^]*?Expected: "2 rows"\s+Received: "1 rows/,
    )
    expect(output).toMatch(/columns\.slt:1: it returned 1 column; its types are of 2 columns: select 1/)
    expect(output).toMatch(/columns\.slt:6: it returned no result set/)
    expect(output).toMatch(
      /hash\.slt:1: result differs[^]*?Expected: "1 values hashing to 0{32}"\s+Received: "1 values hashing to b026324c/,
    )
    expect(output).toMatch(/label\.slt:4: its result is not that of line 1, which has the same label same: select 2/)
    expect(output).toMatch(/directive\.slt:4: unknown directive select\n\s+try: is an empty line missing/)
    expect(output).toMatch(/latin1\.slt:2: the file is not UTF-8 from here on/)
    expect(output).toMatch(/✓ \S*utf8\.slt > 1: select 'café'/)
    expect(output).toMatch(/program\.slt:1: system runs a program on this machine, which is not allowed/)
    expect(output).toMatch(/let\.slt:1: let needs one row, with a column for each name/)
    expect(output).toMatch(/kill\.slt:4: the connection is lost with this statement: kill connection_id\(\)/)
    expect(output).toMatch(/kill\.slt:7: its connection was lost before: select 2\n\s+try: reconnect/)
    expect(output).toMatch(/✓ \S*kill\.slt > 12: select 3/)
    expect(output).toMatch(
      /kill\.slt:17: the connection default of nobody was refused\n\s+server said: ER_ACCESS_DENIED_ERROR/,
    )
    expect(output).toMatch(/✓ \S*open\.slt > 7: insert into t values/)
    expect(output).toMatch(/✓ \S*sqlite\.test > 3: select 1/)
    expect(output).toMatch(/part\.inc:1 \(part\.inc:1\): result differs: select 1/)
    expect(output).toMatch(/✓ \S*part\.slt > 5: i=0: select 0/)
    expect(output).toMatch(/part\.slt:5 \(i=1\): result differs: select 1/)
  })

  test('are written anew by -u where they differ, and are as they were everywhere else', RUN, async () => {
    const before = [
      ...[
        '\u{feff}# kept',
        'hash-threshold 3',
        '',
        'query I   rowsort',
        'select 1  -- kept',
        '----',
        '2',
        '',
        '',
        '# kept',
      ],
      ...[
        'query IT',
        "select 1, 'a'",
        '',
        'query I',
        'select 1 union select 2 order by 1',
        '----',
        '2 values hashing to 0',
        '',
      ],
      ...['query II', 'select 1, 2', '----', '1', '3', '', 'statement error old', 'select x', ''],
      ...['query I', 'select 7', '----', '7', '', 'statement ok', 'select y', ''],
    ]
    const after = [...before]
    after[6] = '1'
    after.splice(12, 0, '----', '1 a')
    const loop = 'loop i 0 2\n\nquery I\nselect ${i}\n----\n0\n\nendloop\n'
    using files = writtenFiles({
      ...{ 't/new.slt': before.join('\r\n'), 't/part.slt': before.join('\n'), 't/loop.slt': loop },
    })
    const read = (name: string) => readFileSync(join(files.path, name), 'utf8')
    const part = join(files.path, 't/part.slt')
    const both = [join(files.path, 't/new.slt'), join(files.path, 't/loop.slt')]
    const { output } = await files.run([...both, `${part}:4`, '-u'], own)
    expect(read('t/new.slt').split('\r\n')).toEqual([
      ...after.slice(0, 18),
      // What it was before was no hash.
      ...['1', '2', '', 'query II', 'select 1, 2', '----', '1', '2', ''],
      ...[String.raw`statement error Unknown column 'x' in 'field list'`, ...after.slice(after.indexOf('select x'))],
    ])
    expect(read('t/part.slt')).toBe(before.map((line, at) => (at === 6 ? '1' : line)).join('\n'))
    expect(read('t/loop.slt')).toBe(loop)
    expect(output).toMatch(/loop\.slt:3: what is expected in a loop, or in an included file, is not recorded\n\s+try: /)
    // Whether it fails is no result.
    expect(output).toMatch(/new\.slt:33: it failed: select y/)
    expect((await files.run([part], own)).output).toMatch(/Tests +5 failed \| 2 passed/)
  })
})
