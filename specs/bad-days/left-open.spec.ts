import { expect, test } from 'vitest-tidb'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'

test('what is not awaited fails its own test, beside others that run', { timeout: 180_000 }, async () => {
  const { status, output } = await runVitest('left-open', { env: serverEnv(), args: ['concurrent'] })
  expect(status).toBe(1)
  const [, failures = ''] = output.split('Failed Tests')
  expect(failures).toContain('> an await is forgotten beside another test')
  for (const what of [
    'toBeBlocked()',
    'toReach("Connecting")',
    'toFailWith(1146)',
    'toHaveNoFailedImports()',
    'toHaveNoStalledImports()',
  ]) {
    expect(failures).toContain(`expect(…).${what} was not awaited`)
  }
  expect(failures).toContain('> a soft assertion fails beside another test')
  expect(failures).toContain('not to fail with 1062, but it failed with 1146')
  expect(failures).not.toContain('> nothing is forgotten')
  expect(output).toMatch(/Tests {2}2 failed \| 1 passed/)
})

test('what a test leaves open fails it by name, and nothing else', { timeout: 180_000 }, async () => {
  const { status, output } = await runVitest('left-open', { env: serverEnv(), args: ['left-open.spec.ts'] })
  expect(status).toBe(1)
  expect(output).toMatch(/Tests {2}24 failed \| 4 passed \| 1 expected fail \| 1 skipped/)
  for (const [name, reason] of [
    ['a transaction is left open', 'LeftOpenError: tidb left a transaction open'],
    [
      'whether a transaction is left open is not known',
      'LeftOpenError: tidb could not be asked whether it left a transaction open: statement failed',
    ],
    ['no cluster is started', 'took the fixture `startCluster` and started no cluster'],
    ['a step is not awaited', 'LeftOpenError: tidb.gettingVersion() was not awaited'],
    ['a failing step is not awaited', 'LeftOpenError: stranger.connecting() was not awaited'],
    ['a statement is not awaited', 'LeftOpenError: tidb.query("select sleep(0.01)") was not awaited'],
    ['a matcher is not awaited', 'LeftOpenError: expect(…).toReach("Completed") was not awaited'],
    ['a failing matcher is not awaited', 'LeftOpenError: expect(…).toFailIn("Connecting") was not awaited'],
    ['a connection of its own is left open', 'LeftOpenError: the test left 1 connection of its own open'],
    ['the server is never reached', 'never reached the server'],
    ['what the pool begins is not awaited', 'tidbPool.run(2, …) was not awaited'],
    ['what the pool begins is not awaited', 'tidbPool.run({ writer }) was not awaited'],
    ['what the pool begins is not awaited', 'tidbPool.sessions("carol", "dave") was not awaited'],
    ['what the pool begins is not awaited', 'tidbPool.interleave(…, [a1]) was not awaited'],
    ['what the pool begins is not awaited', 'tidbPool.permutations(…) was not awaited'],
    ['a server is not awaited', 'startTiDB() was not awaited'],
    ['a group is not awaited', 'joinGroup("left open") was not awaited'],
    ['what parties say is not awaited', 'alice.signal("x") was not awaited'],
    ['what parties say is not awaited', 'b.signal("y") was not awaited'],
    ['what parties say is not awaited', 'b.broadcast(…) was not awaited'],
    ['a list of import jobs is not awaited', 'importJobs.list() was not awaited'],
    ['a run never reaches the server', 'session-0, session-1, session-2, session-3, session-4 of a run never reached'],
    ['one of a run never reaches the server', 'idler of a run never reached the server'],
    ['sessions are connected and not used', 'connected the session bob of tidbPool and never used it'],
    ['a session is made and not used', 'session lazy of tidbPool and never reached the server with it'],
    [
      'sessions that only meet never reach the server',
      'took the fixture `tidbPool` and never reached the server with it',
    ],
    ['what is left open is not the failure that is expected', 'Expect test to fail'],
    ['what is left open is not the failure that is expected', 'expected: tidb left a transaction open'],
    ['the pool is taken and not used', 'took the fixture `tidbPool` and never reached the server with it'],
    ['the server of its own is never started', 'took the fixture `startTiDB` and started no server'],
    ['no group is joined', 'took the fixture `joinGroup` and joined no group'],
  ] as const) {
    expect(output).toContain(`FAIL  left-open.spec.ts > ${name}\n`)
    expect(output).toContain(reason)
  }
  expect(output).toContain('✓ all is closed')
})
