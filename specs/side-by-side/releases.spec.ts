import { expect, test } from 'vitest-tidb'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'
import { whyNoBinary } from '../../fixtures/local-binary.ts'

const noBinary = await whyNoBinary()

test.skipIf(noBinary !== undefined)('a project for each release, and what differs between them', async () => {
  // The releases go before a version that is set.
  const env = { TIDB_PROVIDER: 'binary', TIDB_VERSION: 'v8.5.4' }
  const { status, output } = await runVitest('releases', { env, args: ['--reporter=verbose'] })
  expect(output).toMatch(/✓ \S*v8\.5\.4\S* both\.spec\.ts(?::\d+)? > it answers/)
  expect(output).toMatch(/✓ \S*v8\.5\.6\S* both\.spec\.ts(?::\d+)? > it answers/)
  expect(output).toMatch(/× \S*v8\.5\.4\S* both\.spec\.ts(?::\d+)? > it is the newer one/)
  expect(output).toContain(
    [
      'differences between v8.5.4 and v8.5.6: 3 of 5 tests',
      '  both.spec.ts > it is asked only on the older one: passed on v8.5.4, skipped on v8.5.6',
      '  both.spec.ts > it is the newer one: failed on v8.5.4, passed on v8.5.6',
      '  t/older.test > 1: select version() like "%8.5.4" as older;: passed on v8.5.4, failed on v8.5.6',
    ].join('\n'),
  )
  expect(status).toBe(1)
})

test('a server that is there already is one release, and that is said', async () => {
  const { status, output } = await runVitest('releases', { env: serverEnv() })
  expect(output).toMatch(/releases are given, and there is a server already[^]*try: unset it/)
  expect(status).toBe(1)
})
