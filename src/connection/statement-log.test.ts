import { expect, test } from 'vitest'
import { StatementLog } from './statement-log.ts'

test('the last twenty are kept, shortened', () => {
  const log = new StatementLog()
  for (let index = 0; index < 25; index += 1) log.add(`select ${index} ${'x'.repeat(600)}`)
  const statements = log.read()
  expect(statements).toHaveLength(20)
  expect(statements[0]?.sql.startsWith('select 5 ')).toBe(true)
  expect(statements[0]?.sql).toHaveLength(500)
  expect(statements[0]?.durationMs).toBeUndefined()
})
