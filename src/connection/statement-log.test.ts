import { expect, test } from 'vitest'
import { printable, redact, StatementLog } from './statement-log.ts'

test.for([
  "create user u identified by 'hunter2'",
  'create user u identified by "hunter2"',
  "create user u identified with mysql_native_password by 'hunter2'",
  "create user u identified with mysql_native_password as 'hunter2'",
  "alter user u identified by 'it''s hunter2'",
  "set password for u = 'hunter2'",
  "set password = 'hunter2'",
  "set password for u = password('hunter2')",
  "import into t from 's3://bucket/x?access-key=hunter2&secret-access-key=hunter2&session-token=hunter2'",
])('no secret is printed of: %s', (sql) => {
  expect(printable(sql)).not.toContain('hunter2')
  expect(printable(sql)).toContain('***')
})

test('what is no secret is printed as it is', () => {
  expect(printable("select  'by me'\n from t where password_hint = 1")).toBe(
    "select 'by me' from t where password_hint = 1",
  )
})

test('a server that quotes the statement gives nothing away', () => {
  const sql = "create user u identified by 'hunter2' oops"
  expect(redact(`syntax error near "by 'hunter2' oops"`, sql)).toBe(`syntax error near "by '***' oops"`)
})

test('the last twenty are kept, shortened', () => {
  const log = new StatementLog()
  for (let index = 0; index < 25; index += 1) log.add(`select ${index} ${'x'.repeat(600)}`)
  const statements = log.read()
  expect(statements).toHaveLength(20)
  expect(statements[0]?.sql.startsWith('select 5 ')).toBe(true)
  expect(statements[0]?.sql).toHaveLength(500)
  expect(statements[0]?.durationMs).toBeUndefined()
})
