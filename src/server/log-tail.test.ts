import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../fixtures/temp-folder.ts'
import { logTail } from './log-tail.ts'

const NEAR = String.raw`[error="[parser:1064]line 1 column 23 near \"identifed by \"a hunter2\" oops\" "]`

test.for([
  [
    `${NEAR} ${String.raw`[SQL="create user u identifed by \"a hunter2\" oops"]`}`,
    String.raw`near \"***"] [SQL="create user u identifed by \"***\" oops"]`,
  ],
  [
    String.raw`[error="[parser:1064] near \"identifed by 'it\\'s\nhunter2'\" "] [SQL="create user u identifed by 'it\\'s\nhunter2'"]`,
    'near',
  ],
  [NEAR, String.raw`near \"***`],
  [`${NEAR} [SQL="create user u identifed by 'hunter2'`, String.raw`near \"***`],
  [String.raw`[sql="alter user u identifed by 'it\\'s\nhunter2'"]`, '[sql="alter user u identifed by'],
  ['["no such file"] [path=/data/near/x]', '[path=/data/near/x]'],
] as const)('a line of a log is shown without the secrets of its statement: %s', ([said, shown]) => {
  using folder = tempFolder()
  const file = join(folder.path, 'tidb.log')
  writeFileSync(file, `[2026/11/27 19:23:47.556 +00:00] [WARN] [session.go:1584] ${said}\n`)
  expect(logTail(file)).toContain(shown)
  expect(logTail(file)).not.toContain('hunter2')
})
