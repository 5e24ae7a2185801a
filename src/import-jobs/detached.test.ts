import { expect, test } from 'vitest'
import { ImportJobError } from '../errors.ts'
import { detached } from './detached.ts'

test.for([
  ["import into t from '/a.csv'", "import into t from '/a.csv' WITH DETACHED"],
  ["IMPORT INTO t FROM '/a.csv' WITH thread=8;\n", "IMPORT INTO t FROM '/a.csv' WITH thread=8, DETACHED"],
  ["import into t from '/a.csv' with detached", "import into t from '/a.csv' with detached"],
  ["import into t from '/a.csv' with thread=8, Detached ;", "import into t from '/a.csv' with thread=8, Detached"],
  ["import into t from '/with detached.csv'", "import into t from '/with detached.csv' WITH DETACHED"],
  ["import into t from 'it''s \\' with.csv' ", "import into t from 'it''s \\' with.csv' WITH DETACHED"],
  ["import into `with` (a, @b) set c = @b + 1 from 's3://b/*.csv' format 'csv'", undefined],
  ["/* with */ import into t from '/a' -- with detached", "/* with */ import into t from '/a' WITH DETACHED"],
] as const)('%s', ([sql, expected]) => {
  expect(detached(sql)).toBe(expected ?? `${sql} WITH DETACHED`)
})

test.for([
  'select 1',
  'load data infile "x" into table t',
  'import into t from (select 1)',
  'import into t from select 1',
])('%s makes no job', (sql) => {
  expect(() => detached(sql)).toThrow(ImportJobError)
})

test('keys in the statement stay out of the error', () => {
  const keys = 's3://b/a?access-key=AKIA&secret-access-key=hunter2'
  expect(() => detached(`export into t from '${keys}'`)).toThrow(/secret-access-key=\*\*\*/)
})
