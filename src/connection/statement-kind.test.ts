import { expect, test } from 'vitest'
import { isDefinition, leavesDoubt, mayDefine, writes } from './statement-kind.ts'

test.for([
  'select * from t',
  '  (select 1) union (select 2)',
  '((select 1))',
  'select 1 ;\n',
  'select 1; ',
  '/* why */ select 1',
  '/**/ select /*+ max_execution_time(10) */ 1',
  '-- why\nselect 1',
  '--\nselect 1',
  '# why\nselect 1',
  'show tables',
  'explain delete from t',
  'desc t',
  'use d',
  'begin',
  'start transaction read only',
  'commit',
  'rollback',
  'select * from t for update',
])('it reads: %s', (sql) => {
  expect(writes(sql)).toBe(false)
  expect(mayDefine(sql)).toBe(false)
})

test.for([
  'explain analyze delete from t',
  'EXPLAIN ANALYZE FORMAT = "brief" UPDATE t SET a = 1',
  "explain format = 'brief' analyze delete from t",
  '/* why */ desc analyze delete from t',
  'select nextval(s)',
  'select NEXTVAL ( s )',
  'select next value for s',
  'select setval(s, 10)',
  'select lastval(s), nextval(s)',
  'trace delete from t',
  "prepare p from 'delete from t'",
  'execute p',
  'do nextval(s)',
  'call p()',
  'with a as (select 1 as id) delete from t where id in (select id from a)',
  'select 1; delete from t',
  'begin; delete from t',
  'select ";"; delete from t',
  'select ";" as semicolon',
  '/*! delete from t */',
  '/*!50000 delete from t */ -- select',
  '/*T! delete from t */ select 1',
  '/*T![feature] delete from t */',
  '/*M! delete from t */ select 1',
  'select 1 /*!, nextval(s) */',
  '/* a */ delete from t /* */ select 1 */',
  '/* a */ b */ select 1',
  '--select 1',
  'delete from t -- select',
  '-- select\ndelete from t',
  '# select\ndelete from t',
  'selected',
  'analyze table t',
  'table t',
  '',
])('it may change something: %s', (sql) => {
  expect(writes(sql)).toBe(true)
  expect(leavesDoubt(sql)).toBe(true)
})

test.for([
  'alter table t add column a int',
  '-- wider\nalter table t add column a int',
  '/* wider */ create table t (id int)',
  '# wider\n  drop table t',
])('it is DDL: %s', (sql) => {
  expect(isDefinition(sql)).toBe(true)
  expect(mayDefine(sql)).toBe(true)
})

test.for(['execute p', '/*T! alter table t cache */', "insert into t values (';'); drop table t"])(
  'it may be DDL, and does not say so: %s',
  (sql) => {
    expect(isDefinition(sql)).toBe(false)
    expect(mayDefine(sql)).toBe(true)
  },
)

test('what changes rows is no DDL', () => {
  expect(mayDefine('insert into t values (1)')).toBe(false)
  expect(mayDefine('/* why */ update t set a = 1')).toBe(false)
})

test('a long comment takes no longer than it has characters', () => {
  const started = performance.now()
  expect(writes(`/*${' * /'.repeat(50_000)}`)).toBe(true)
  expect(writes(`${'/* */ '.repeat(50_000)} select 1`)).toBe(false)
  expect(performance.now() - started).toBeLessThan(500)
})
