import { inspect } from 'node:util'
import { expect, test } from 'vitest-tidb'
import { noFailedImports } from 'vitest-tidb/checks'
import { addImportJob, endImportJob } from '../../fixtures/import-jobs.ts'
import { runCli } from '../../fixtures/run-cli.ts'

const failureOf = async (work: PromiseLike<unknown>) =>
  inspect(await Promise.resolve(work).catch((error: unknown) => error), { depth: 9 })

test.for([
  ["create user u identified /* x */ by 'hunter2' oops", []],
  ["create user u identifed by 'hunter2'", []],
  ["create user u identified by 'hunter2", []],
  ['create user u identified by ? oops', ['hunter2']],
  ["alter user u identified by _utf8mb4'hunter2' replace 'hunter2'", []],
  ["set password for no_such_user = 'hunter2'", []],
  ["import into no_such_table from 's3://b/x?access_key=hunter2&secret%5Faccess%5Fkey=hunter2'", []],
  ['import into ? from ?', ['t', 's3://me:hunter2@b/x']],
  [`create user u identified bye '${'hunter2'.repeat(20)}'`, []],
] as const)('what the server says of it holds no secret: %s', async ([sql, values], { tidb }) => {
  const shown = await failureOf(tidb.query(sql, values))
  expect(shown).toContain('server said')
  expect(shown).not.toContain('hunter2')
  expect(inspect(tidb.statements)).not.toContain('hunter2')
})

test('a deadline names the statement without its secret', async ({ tidbPool }) => {
  const [alice] = await tidbPool.sessions('alice')
  const statement = alice.send("select sleep(0.3) /* identified by 'hunter2' */")
  const shown = await failureOf(expect(statement).toBeBlocked({ within: '20ms' }))
  expect(shown).toContain('identified by')
  expect(shown).not.toContain('hunter2')
  await statement
})

test('what a job says is shown without keys, cursor movements and workflow commands', async ({
  startTiDB,
  tidbPool,
}) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', server.settings)
  const id = await addImportJob(admin, { database: 'test', table: 'a\n::error::b\u{1b}[2J', status: 'pending' })
  await endImportJob(admin, id, 'failed')
  const said = 'no such key: s3://b/x?access_key=hunter2\n::warning::from a job\u{1b}[2J ##[error]x'
  await admin.query('update mysql.tidb_import_jobs set error_message = ? where id = ?', [said, id])
  const args = ['check', '--only', '', '--host', server.host, '--port', String(server.port)]
  const { status, stdout, stderr } = await runCli(args)
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const json = await runCli([...args, '--json'])
  // As the server says it, but for the key.
  expect(JSON.parse(json.stdout)).toMatchObject({ importJobs: [{ Result_Message: said.replace('hunter2', '***') }] })
  for (const text of [stdout, json.stdout]) {
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain('\u{1b}')
    expect(text).not.toMatch(/^\s*::/m)
  }
})

test('what an error and its cause hold of a statement moves no cursor and gives no command', async ({ tidb }) => {
  const said = 'a\u{1b}[2J\u{202e}\r\n::error::b ##[group]c'
  const failure = await Promise.resolve(tidb.query(`select '${said}' oops`)).catch((error: unknown) => error)
  for (let error = failure; error instanceof Error; error = error.cause) {
    const { message, stack, sql, sqlMessage } = error as Error & Record<'sql' | 'sqlMessage', string | undefined>
    for (const text of [message, stack, sql, sqlMessage]) {
      // oxlint-disable-next-line no-control-regex
      expect(text ?? '').not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]|^\s*::|##\[/m)
    }
  }
  expect(tidb.statements.at(-1)?.sql).toBe("select 'a\u{fffd} ::error::b # #[group]c' oops")
})

test('a finding of a check is fit to print', async ({ startTiDB, tidbPool }) => {
  const server = await startTiDB()
  const admin = tidbPool.session('admin', server.settings)
  const id = await addImportJob(admin, { database: 'test', table: 'a\u{1b}[2J', status: 'pending' })
  await endImportJob(admin, id, 'failed')
  await admin.query('update mysql.tidb_import_jobs set error_message = ? where id = ?', ['\n::error::x', id])
  expect(await noFailedImports(admin)).toEqual([
    expect.objectContaining({
      check: 'no-failed-imports',
      subject: { kind: 'job', name: `import job ${id}` },
      message: expect.stringMatching(/^into `?test`?\.`?a`? failed at \S+: \n: :error::x$/) as string,
    }),
  ])
})
