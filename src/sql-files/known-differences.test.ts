import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KnownDifferences, knownFileOf } from './known-differences.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-known-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function known(text: string, version: string): KnownDifferences {
  const file = join(folder, 'orders.test')
  writeFileSync(knownFileOf(file), text)
  return KnownDifferences.of(file, version)
}

const entry = (version: string) => `${version}:\n  - { statement: select 1, kind: result, reason: so }\n`

test.for([
  ['v8.5.4', '8.0.11-TiDB-v8.5.4', true],
  ['v8.5', '8.0.11-TiDB-v8.5.4', true],
  ['v8.5.4', '8.0.11-TiDB-v8.5.40', false],
  ['"10.11"', '10.11.19-MariaDB-0+deb12u1', true],
  ['10.11.19-MariaDB', '10.11.19-MariaDB-0+deb12u1', true],
  ['"10.1"', '10.11.19-MariaDB', false],
  ['"0.11"', '10.11.19-MariaDB', false],
] as const)('%s is the name of %s: %s', ([name, version, expected]) => {
  expect(known(entry(name), version).has('select 1', 'result')).toBe(expected)
})

test('a statement is known as it is sent, and in one kind of difference', () => {
  const differences = known(entry('v8.5.4'), '8.0.11-TiDB-v8.5.4')
  expect(() => differences.demandSeen()).toThrow(/are gone: remove them\n {2}result: select 1/)
  expect(differences.has('select 1', 'error')).toBe(false)
  expect(differences.has('select\n  1;', 'result')).toBe(true)
  expect(() => differences.demandSeen()).not.toThrow()
})

test('what is recorded of another version is passed over, and said', () => {
  const differences = known(entry('v8.5.4'), '10.11.19-MariaDB')
  expect(differences.passedOver).toMatch(/has differences from v8\.5\.4; the baseline is 10\.11\.19-MariaDB/)
  expect(() => differences.demandSeen()).not.toThrow()
  expect(known(entry('v8.5.4'), '8.0.11-TiDB-v8.5.4').passedOver).toBeUndefined()
  expect(KnownDifferences.of(join(folder, 'none.test'), '8.0').passedOver).toBeUndefined()
})

test('what is added has no reason yet, and leaves the rest of the file as it is', () => {
  const text = '# ours\nv8.5.4:\n  - statement: select 1\n    kind: result\n    reason: so # it is\n'
  const file = knownFileOf(join(folder, 'orders.test'))
  const differences = known(text, '8.0.11-TiDB-v8.5.4')
  differences.add('select 2 ;', 'error')
  differences.write()
  const added = '  - statement: select 2\n    kind: error\n    reason: ""\n'
  expect(readFileSync(file, 'utf8')).toBe(text + added)
  expect(() => KnownDifferences.of(join(folder, 'orders.test'), '8.0.11-TiDB-v8.5.4')).toThrow(
    /:8: v8\.5\.4\.1\.reason/,
  )
  const others = known(text, '10.11.19-MariaDB')
  others.add('select 2', 'error')
  others.write()
  expect(readFileSync(file, 'utf8')).toBe(`${text}10.11.19:\n${added}`)
})

test('what is wrong is told with its line', () => {
  expect(() => known('v8.5.4:\n  - {', '1')).toThrow(/orders\.differences\.yaml:2: /)
  expect(() => known('# so\nv8.5.4:\n  - statement: x\n    kind: other\n    reason: y\n', '1')).toThrow(
    /orders\.differences\.yaml:4: v8\.5\.4\.0\.kind/,
  )
  expect(() => known('- x\n', '1')).toThrow(/orders\.differences\.yaml:1: /)
})
