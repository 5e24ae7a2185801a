import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SltVariables } from './slt-variables.ts'

const place = { file: '/t/a.slt', line: 7 }

test('variables stand for their values where substitution is on', () => {
  const variables = new SltVariables('d')
  variables.set('id', '42', false)
  const on = (sql: string) => variables.replacedIn(sql, true, place)
  expect(on('select $id, ${id}, ${none:x}, ${none:$id-${id}}, $__DATABASE__')).toBe('select 42, 42, x, 42-42, d')
  expect(on(String.raw`select '\$id', '\\'`)).toBe(String.raw`select '$id', '\'`)
  expect(on('select $__NOW__')).toMatch(/^select \d{19}$/)
  expect(variables.replacedIn('select $id', false, place)).toBe('select $id')
  expect(() => on('select $none')).toThrow('/t/a.slt:7: the variable none has no value\n  try: give it one with let')
  expect(() => on('select $1')).toThrow('/t/a.slt:7: a $ without a name behind it')
  expect(() => on('select ${id')).toThrow('/t/a.slt:7: ${id is not closed')
})

test('those of CockroachDB stand for their values everywhere', () => {
  const variables = new SltVariables('d')
  variables.set('id', '42', true)
  expect(variables.replacedIn('select $id, $other', false, place)).toBe('select 42, $other')
})

test('passwords in the environment are nobody’s variables', () => {
  process.env.TIDB_PASSWORD_OF_THIS_TEST = 'secret'
  const variables = new SltVariables('d')
  expect(() => variables.replacedIn('$TIDB_PASSWORD_OF_THIS_TEST', true, place)).toThrow('has no value')
  expect(variables.replacedIn('$HOME', true, place)).toBe(process.env.HOME)
  delete process.env.TIDB_PASSWORD_OF_THIS_TEST
})

test('a file has a folder of its own, which goes with it', () => {
  const variables = new SltVariables('d')
  const folder = variables.special('$__TEST_DIR__')
  expect(variables.special('cd ${__TEST_DIR__}; echo $HOME')).toBe(`cd ${folder}; echo $HOME`)
  expect(existsSync(folder)).toBe(true)
  variables.end()
  expect(existsSync(folder)).toBe(false)
})
