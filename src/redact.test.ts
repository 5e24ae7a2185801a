import { describe, expect, test } from 'vitest'
import { printable, redact, redactQuoting, withoutLiterals } from './redact.ts'

/** Statements with the secret hunter2, as users write them, rightly or not. */
const STATEMENTS = [
  "create user u identified by 'hunter2'",
  'create user u identified by "hunter2"',
  "CREATE USER u IDENTIFIED\n\tBY\n'hunter2'",
  "create user u identified /* x */ by /* 'y' */ 'hunter2'",
  "create user u identified -- x\n by 'hunter2'",
  "create user u identified # x\n by 'hunter2'",
  "create user u identified by _utf8mb4'hunter2'",
  "create user u identified by _utf8mb4 'hunter2'",
  "create user u identified by N'hunter2'",
  "create user u identified by x'hunter2'",
  'create user u identified with mysql_native_password as 0xb0b0cafehunter2'.replace('hunter2', ''),
  "create user u identified by 'hunter2",
  'create user u identified by "hunter2',
  "create user u identified by 'a''hunter2'",
  String.raw`create user u identified by 'a\'hunter2'`,
  String.raw`create user u identified by 'a\', v identified by 'hunter2'`,
  "create user u identified by 'a' 'hunter2'",
  "create user u identified with mysql_native_password by 'hunter2'",
  "create user u identified with 'mysql_native_password' by 'hunter2'",
  "create user u identified with `mysql_native_password` as 'hunter2'",
  "create user u identified with mysql_native_password using 'hunter2'",
  "create user u identified by password 'hunter2'",
  'create user u identified by hunter2',
  "create user u identifed by 'hunter2'",
  "create user u identified bye 'hunter2'",
  "create user if not exists 'u'@'%' identified by 'hunter2', 'v'@'%' identified by 'hunter2'",
  "create user u /*!50706 identified by 'hunter2' */",
  "alter user u identified by 'it''s hunter2'",
  "alter user user() identified by 'hunter2' replace 'hunter2'",
  "alter user u identified by 'hunter2' retain current password",
  "grant all on *.* to u identified by 'hunter2'",
  "set password for u = 'hunter2'",
  "set password for 'u'@'%' = 'hunter2'",
  "set password for `u`@`%` to 'hunter2'",
  "set password for current_user() = 'hunter2'",
  "set password = 'hunter2'",
  "set password /* x */ = /* y */ 'hunter2'",
  "set password = password('hunter2')",
  "set password for u = old_password('hunter2')",
  "select password('hunter2')",
  "update mysql.user set authentication_string = 'hunter2'",
  `prepare s from 'create user u identified by "hunter2"'`,
  `prepare s from 'create user u identified by ''hunter2'''`,
  String.raw`prepare s from 'create user u identified by \'hunter2\''`,
  "import into t from 's3://bucket/x?access-key=hunter2&secret-access-key=hunter2&session-token=hunter2'",
  "import into t from 's3://bucket/x?access_key=hunter2&secret_access_key=hunter2&session_token=hunter2'",
  "import into t from 's3://bucket/x?region=a&Access_Key=hunter2'",
  "import into t from 's3://bucket/x?access-key=hunter2&SECRET-access_KEY=hunter2'",
  "import into t from 's3://bucket/x?%61ccess-key=hunter2&secret%2Daccess%2Dkey=hunter2&secret%5Faccess%5fkey=hunter2'",
  "import into t from 's3://bucket/x?access-key=a%2Bhunter2&secret-access-key=a&hunter2'",
  "import into t from 's3://bucket/x?endpoint=http://minio:9000/?access-key=hunter2'",
  "import into t from 'gs://bucket/x?credentials=hunter2'",
  "import into t from 'azure://c/x?account-key=hunter2&sas-token=hunter2&encryption-key=hunter2'",
  "import into t from 'https://b.s3.example/x?X-Amz-Credential=hunter2&X-Amz-Signature=hunter2&sig=hunter2'",
  "import into t from 's3://me:hunter2@bucket/x'",
  "backup database * to 's3://me:a/b?c#hunter2@bucket/x'",
  "import into t from 'https://hunter2@files.example/x'",
  "import into t from 'https://hunter2:x-oauth-basic@files.example/x'",
  "import into t from 'https://hunter2:@files.example/x'",
  "import into t from 's3://hunter2@bucket/x'",
  "import into t from 's3://a%2Fhunter2@bucket/x?endpoint=http://minio:9000/@x'",
  "import into t from 's3://bucket/x?endpoint=https%3A%2F%2Fhunter2%40minio%3A9000'",
  "import into t from 's3://bucket/x?endpoint=https%3a%2f%2fme%3ahunter2%40minio'",
  "import into t from 's3://bucket/x?endpoint=https%253A%252F%252Fa%252525hunter2%2540minio'",
  "import into t from 's3://bucket/x?endpoint=http://hunter2@minio:9000'",
  "import into t from 'gs://a!$&()*+,;=-._~hunter2@bucket/x'",
  "select 'mysql://root@db.example/x?from=https://hunter2@files.example'",
  "set global tidb_cloud_storage_uri = 's3://b?access-key=hunter2'",
  "select 'mysql://root:hunter2@db.example/shop', 'tidb://root:p@hunter2@db.example'",
]

test.for(STATEMENTS)('no secret is printed of: %s', (sql) => {
  const shown = printable(sql)
  expect(shown).not.toMatch(/hunter2|b0b0/)
  expect(shown).toContain('***')
  expect(printable(shown)).toBe(shown)
  expect(redact(shown)).toBe(shown)
})

test.for([
  [`select  'by me'\n from t where password_hint = 1`, "select 'by me' from t where password_hint = 1"],
  ["select * from users where password = ? and name = 'alice'", undefined],
  ["create user 'u'@'%' identified by ?", undefined],
  ["grant select on shop.* to 'u'@'%'", undefined],
  ["drop user 'u'@'%'", undefined],
  ["create user u identified by random password; select 'a'", undefined],
  ["import into t from 's3://bucket/x?region=eu&endpoint=http://minio:9000' with thread=4", undefined],
  ["select a ? b & key = 'x'", undefined],
  ["select 'root@127.0.0.1', 'mysql://root@db.example:4000/shop', 'jdbc:mysql://root@db', 'tidb://root@db'", undefined],
  ["select 'ssh://git@git.example/x', 'git@git.example:x', 'git+ssh://git@git.example', 'sftp://me@h'", undefined],
  ["select 'https://registry.example/@scope/pkg', 'https://cdn.example/vitest@5?a=b@c#d@e'", undefined],
  ["select 'mysql%3A%2F%2Froot%40db', 'https://a', 'b@c', 'https%3A%2F%2Fh%2Fx%40y'", undefined],
] as const)('what is no secret is printed as it is: %s', ([sql, shown]) => {
  expect(printable(sql)).toBe(shown ?? sql)
})

describe('a text of others', () => {
  test.for([
    ['job failed: s3://b/x?access_key=hunter2: no such key', 'job failed: s3://b/x?access_key=*** no such key'],
    [
      String.raw`[sql="create user u identified by \"hunter2\" x"]`,
      String.raw`[sql="create user u identified by \"***\" x"]`,
    ],
    [
      String.raw`{"sql":"alter user u identified by 'hunter2'"}`,
      String.raw`{"sql":"alter user u identified by '***'"}`,
    ],
    [
      String.raw`{"uri":"s3://b?region=a\u0026access-key=hunter2\u0026x=1"}`,
      String.raw`{"uri":"s3://b?region=a\u0026access-key=***\u0026x=1"}`,
    ],
    ['{"user":"u","password":"hunter2"}', '{"user":"u","password":"***"}'],
    ['dial mysql://root:hunter2@db.example:4000: refused', 'dial mysql://root:***@db.example:4000: refused'],
    ['clone https://hunter2@git.example/x: 403', 'clone https://***@git.example/x: 403'],
    ['clone git+https://hunter2@git.example/x', 'clone git+https://***@git.example/x'],
    ["clone https://a'hunter2@git.example/x", 'clone https://***@git.example/x'],
    [String.raw`{"url":"https:\/\/hunter2@git.example"}`, String.raw`{"url":"https:\/\/***@git.example"}`],
    ['https%3A%2F%2Fhunter2%40h%2Fx%40y', 'https%3A%2F%2F***%40h%2Fx%40y'],
    ['https%3A%2F%2Fhunter2@h', 'https%3A%2F%2F***@h'],
    ['mysql%3A%2F%2Froot%3Ahunter2%40db', 'mysql%3A%2F%2Froot%3A***%40db'],
    ["Access denied for user 'u'@'%' (using password: YES)", "Access denied for user 'u'@'%' (using password: YES)"],
    ["can't find the user's password, isn't it", "can't find the user's password, isn't it"],
  ] as const)('%s', ([text, clean]) => {
    expect(redact(text)).toBe(clean)
    expect(redact(clean)).toBe(clean)
  })
})

describe('a server that quotes the statement gives nothing away', () => {
  test.for([
    [`syntax error near "by 'hunter2' oops"`, "create user u identified by 'hunter2' oops", `near "by '***' oops"`],
    [`syntax error near "'hunter2'"`, "create user u identified bye 'hunter2'", `near "'***'"`],
    [`syntax error near "hunter2"`, 'create user u identified by hunter2', 'near "***"'],
    ['no bucket hunter2', "import into t from 's3://me:hunter2@b/x'", 'no bucket ***'],
    ['no bucket hunter2', "import into t from 's3://hunter2@b/x'", 'no bucket ***'],
    ['bad key hunter2', "import into t from 's3://b?access-key=hunter2'", 'bad key ***'],
    [`near "'hunter2-hunter2-hun"`, "set password = 'hunter2-hunter2-hunter2-hunter2' oops", `near "'***`],
    [`near "it's hunter2"`, "set password = 'it''s hunter2'", 'near "***"'],
  ] as const)('%s', ([text, sql, clean]) => {
    expect(redactQuoting(text, sql)).toContain(clean)
    expect(redactQuoting(text, sql)).not.toContain('hunter2')
    expect(redactQuoting(redactQuoting(text, sql), sql)).toBe(redactQuoting(text, sql))
  })
})

test('a long statement is shortened, and a secret that is cut is none the less one', () => {
  expect(printable(`select '${'x'.repeat(600)}'`)).toHaveLength(500)
  expect(printable(`${' '.repeat(65_510)}set password = 'hunter2 and more'`)).toBe("set password = '***")
})

describe('time grows with the length of a text, not with its square', () => {
  const repeated = (text: string, length: number) => text.repeat(Math.ceil(length / text.length))

  test('a statement of a megabyte', () => {
    const row = `(1, 'identified by', "it's", 'a?b=c&d', 's3://b/x?region=eu'), `
    for (const sql of [`insert into t values ${repeated(row, 1_048_576)}`, repeated('identified by ', 1_048_576)]) {
      expect(redact(sql)).toHaveLength(redact(redact(sql)).length)
      expect(redactQuoting('near "x"', sql)).toBe('near "x"')
    }
  })

  // What grows with the square of the length takes a minute for these.
  test.for([
    'identified by ',
    'identified ',
    "identified with '",
    'identified with "identified with \'',
    'identified /*',
    'identified -- ',
    'identified #\n',
    "identified by '",
    'identified by "\\\'',
    "create user u identified by 'a' ",
    "password('",
    'password = ',
    "password for 'u'@'",
    '://a:',
    'https://a@',
    "https://a'b",
    'https://a/b@c ',
    '%3A%2F%2Fa%40',
    '%3A%2F%2Fa',
    '%2525',
    ':\\\\',
    '://a:b@c ',
    '?a',
    '?access-key=&',
    '&access-key=a&b',
    '%26a=',
    "\\'",
    "''",
    '`',
    ' ',
    'a',
    "insert into t values (1, 'identified'), ",
  ])('%s', (text) => {
    const long = repeated(text, 100_000)
    expect(redact(long)).toHaveLength(redact(redact(long)).length)
    expect(redactQuoting('near "-"', long)).toBe('near "-"')
    expect(redact(`create user u identified by ${long}`)).toContain('create user u')
  })
})

test.for([
  ["select 'a''b', \"c\\\"d\", 1.5e-3, .5, 0xFF from t1 where id=-42", 'select ?, ?, ?, ?, ? from t1 where id=-?'],
  [
    "insert into `order 1` (a2, b) values (1,_utf8mb4'x'),(2, x'ff')",
    'insert into `order 1` (a2, b) values (?,?),(?, ?)',
  ],
  ['select 1 /* of alice */ from t -- bob\nlimit 3', 'select ? from t limit ?'],
  ["select 'open", 'select ?'],
  ['', ''],
])('%s without literals', ([sql, masked]) => {
  expect(withoutLiterals(sql as string)).toBe(masked)
})
