import { inspect } from 'node:util'
import { expect, loadConfig, test } from 'vitest-tidb'
import { closedPort } from '../../fixtures/closed-port.ts'
import { candidatesFor, openServer } from '../../fixtures/isolation/other-server.ts'
import { startMariaDB } from '../../fixtures/mariadb.ts'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'

test('TIDB_BASELINE_URL names the server to compare with', { timeout: 180_000 }, async ({ skip }) => {
  const mariadb = await startMariaDB()
  if (typeof mariadb === 'string') return skip(mariadb)
  await using server = mariadb
  const { host, port } = server.settings
  // The repository's own specs, seen from the folder of projects.
  const { status, output } = await runVitest('../..', {
    args: ['specs/isolation/other-servers.spec.ts', '-t', 'it is that server', '--reporter=verbose'],
    env: { ...serverEnv(), TIDB_BASELINE_URL: `mysql://root:hunter2@${host}:${port}` },
  })
  expect(output).toContain('✓ specs/isolation/other-servers.spec.ts > TIDB_BASELINE_URL > it is that server')
  expect(output).not.toContain('hunter2')
  expect(status).toBe(0)
})

test('one that can not be reached is a failure, no skip, and does not show the password', async () => {
  const said = await failureOf(`mysql://root:hunter2@127.0.0.1:${await closedPort()}`)
  expect(said).toContain('ECONNREFUSED')
  expect(said).not.toContain('hunter2')
})

test('one that is malformed is a failure, no skip, and is not repeated', async () => {
  const said = await failureOf('postgres://root:hunter2@localhost')
  expect(said).toContain('TIDB_BASELINE_URL begins with postgres://, not mysql:// or tidb://')
  expect(said).not.toContain('hunter2')
})

/** All that the error of such a URL holds. */
async function failureOf(url: string): Promise<string> {
  const { config } = loadConfig({ options: { baselineUrl: url }, env: {}, envFile: false })
  const [candidate, ...others] = candidatesFor(config)
  expect(others).toEqual([])
  if (candidate === undefined) throw new Error('there is no server to compare with')
  return openServer(candidate).then(
    () => 'no failure',
    (error: unknown) => inspect(error, { depth: 10, showHidden: true }),
  )
}
