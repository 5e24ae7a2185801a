import { expect, test } from 'vitest-tidb'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'

test('under a faked clock, deadlines pass, times are real, and the run ends', { timeout: 180_000 }, async () => {
  const { output } = await runVitest('fake-timers', { env: serverEnv() })
  expect(output).toMatch(/Tests {2}1 failed \| 8 passed/)
  expect(output).toContain('LeftOpenError: the test left 1 connection of its own open')
})
