import { expect, test } from 'vitest-tidb'
import {
  checks,
  configurationAlike,
  gcMoving,
  noRecentRestarts,
  placementScheduled,
  runChecks,
  storesHaveRoom,
  storesUp,
} from 'vitest-tidb/checks'

test('a cluster of two is in order but for its accounts, in less than 40 statements a node', async ({
  cluster,
  tidbPool,
  requires,
}) => {
  await requires({ version: '>=8.5.6', because: 'PD and the storage node are of that release, and differ from others' })
  const [one, two, three] = ['one', 'two', 'three'].map((name) => tidbPool.session(name, { node: cluster.nodes[0] }))
  if (one === undefined || two === undefined || three === undefined) throw new TypeError('three sessions')
  const report = await runChecks([one, two, three], checks, { severity: 'warning', skip: ['stores-have-room'] })
  expect(report.results.filter(({ outcome }) => outcome !== 'passed' && outcome !== 'findings')).toEqual([])
  expect(report.findings.map(({ check }) => check)).toEqual(['accounts-have-passwords', 'root-not-from-anywhere'])
  expect(report.cost.statements / cluster.nodes.length).toBeLessThan(40)
})

test('stores, placement and garbage collection', async ({ cluster, tidbPool }) => {
  const admin = tidbPool.session('admin', { node: cluster.nodes[0] })
  expect(await storesUp(admin)).toEqual([])
  const started = await noRecentRestarts(admin)
  expect(started.map(({ subject }) => subject.name)).toContain(
    `tidb ${cluster.nodes[0]?.host}:${cluster.nodes[0]?.port}`,
  )
  expect(await noRecentRestarts(admin, { within: 0 })).toEqual([])
  expect(await configurationAlike(admin)).toEqual([])
  await admin.query('set global tidb_slow_log_threshold = 301')
  const differs = { subject: { kind: 'setting', name: 'tidb instance.tidb_slow_log_threshold' } }
  expect(await configurationAlike(admin)).toMatchObject([
    { ...differs, message: expect.stringContaining(': 301') as string },
  ])
  expect(await configurationAlike(admin, { except: ['instance.tidb_slow_log_threshold'] })).toEqual([])
  await admin.query('set global tidb_slow_log_threshold = 300')
  expect(await storesHaveRoom(admin, { free: 1 })).toMatchObject([
    { subject: { kind: 'store', name: `${cluster.storage.host}:${cluster.storage.port}` }, limit: 1 },
  ])
  expect(await gcMoving(admin)).toEqual([])
  await admin.query('set global tidb_gc_enable = off')
  try {
    await expect.poll(() => gcMoving(admin)).toMatchObject([{ message: 'is switched off (tidb_gc_enable)' }])
  } finally {
    await admin.query('set global tidb_gc_enable = on')
  }

  expect(await placementScheduled(admin)).toEqual([])
  await admin.query('create placement policy moon followers = 2')
  await admin.query('create table far (id int primary key) placement policy = moon')
  const unmet = await placementScheduled(admin)
  await admin.query('drop table far')
  await admin.query('drop placement policy moon')
  expect(unmet).toMatchObject([
    {
      subject: { kind: 'placement', name: 'TABLE test.far' },
      message: expect.stringMatching(/is (PENDING|INPROGRESS)$/) as string,
    },
  ])
})
