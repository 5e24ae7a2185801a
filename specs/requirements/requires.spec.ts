import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest-tidb'
import { runVitest } from '../../fixtures/run-vitest.ts'
import { serverEnv } from '../../fixtures/server-env.ts'
import { tempFolder } from '../../fixtures/temp-folder.ts'

const RUN = { timeout: 180_000 }
const LATER = 'needs TiDB >=99, and this server is v'

test('a server that does not have what a test needs skips it, and every reporter says why', RUN, async () => {
  using folder = tempFolder()
  const [junit, json] = [join(folder.path, 'junit.xml'), join(folder.path, 'report.json')]
  const args = ['one', '--reporter=verbose', '--reporter=junit', '--reporter=json']
  const outputs = [`--outputFile.junit=${junit}`, `--outputFile.json=${json}`]
  const { status, output } = await runVitest('requiring', { env: serverEnv(), args: [...args, ...outputs] })
  expect(output).toMatch(/Tests {2}1 passed \| 3 skipped/)
  expect(status).toBe(0)
  expect(output).toContain(`skipped: one.spec.ts > a suite > of a later release: ${LATER}`)
  expect(output).toMatch(/through a fixture.*\[needs a TiFlash, and this cluster has none: reads columns\]/)
  expect(readFileSync(junit, 'utf8')).toContain('<property name="skipped" value="needs TiDB &gt;=99')
  const report = JSON.parse(readFileSync(json, 'utf8')) as {
    testResults: { assertionResults: { title: string; meta: { skipped?: string } }[] }[]
  }
  const later = report.testResults[0]?.assertionResults.find(({ title }) => title === 'of a later release')
  expect(later?.meta.skipped).toContain(LATER)
})

test('TIDB_STRICT makes a failure of each', RUN, async () => {
  const { status, output } = await runVitest('requiring', {
    env: { ...serverEnv(), TIDB_STRICT: 'true' },
    args: ['one'],
  })
  expect(output).toMatch(/Tests {2}3 failed \| 1 passed/)
  expect(status).toBe(1)
  expect(output).toContain(`RequirementError: TIDB_STRICT is on, and this test would be skipped: ${LATER}`)
})

const ASKED = `select cast(coalesce(sum(exec_count), 0) as char) as times from information_schema.statements_summary
  where query_sample_text = 'select type from information_schema.cluster_info'`

test(
  'what is no requirement is an error, and the server is asked once for all workers',
  RUN,
  async ({ startTiDB, tidbPool }) => {
    // That of the run is asked by others as well.
    const { host, port, settings } = await startTiDB()
    const env = { TIDB_PROVIDER: 'host', TIDB_HOST: host, TIDB_PORT: String(port), TIDB_USER: 'root' }
    const { status, output } = await runVitest('requiring', { env, args: ['--maxWorkers=2'] })
    expect(await tidbPool.session('admin', settings).query(ASKED)).toEqual([{ times: '1' }])
    expect(status).toBe(1)
    expect(output).toMatch(/Tests {2}4 failed \| 1 passed \| 3 skipped/)
    expect(output).toContain('this server knows no privilege SUPPER\n  try: did you mean SUPER?')
    expect(output).toMatch(/requires\(…\)\.versoin is no option\n {2}try: did you mean version\?/)
    expect(output).toContain('requires(…).version is "newest"\n  try: give a range of versions such as \'>=8.5\'')
    expect(output).toContain('requires(…) was not awaited')
  },
)

test('what a user may not ask is an error, and no skip', RUN, async ({ tidb, requires }) => {
  await requires({ ours: true, because: 'makes a user' })
  await tidb.query("create user 'asks_nothing'")
  try {
    await tidb.query("grant create, drop, select on *.* to 'asks_nothing'")
    const env = { ...serverEnv(), TIDB_USER: 'asks_nothing' }
    const { status, output } = await runVitest('requiring', { env, args: ['one'] })
    expect(status).toBe(1)
    expect(output).toMatch(/whether the server has what requires\(\{ nodes \}\) asks for can't be known: [^]*PROCESS/)
    expect(output).toContain('skipped: one.spec.ts > a suite > of a later release')
  } finally {
    await tidb.query("drop user 'asks_nothing'")
  }
})
