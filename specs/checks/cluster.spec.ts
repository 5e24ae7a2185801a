import { expect, test } from 'vitest-tidb'
import {
  checks,
  clocksAlike,
  configurationAlike,
  filesBelowLimit,
  gcMoving,
  noRecentRestarts,
  pdAnswers,
  placementScheduled,
  resourceGroupsHaveRoom,
  runChecks,
  settingsAsExpected,
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
  // What the disk of this machine has, and what a cluster without TLS and expectations has not.
  const skip = ['stores-have-room', 'certificate-not-expiring', 'settings-as-expected']
  const report = await runChecks([one, two, three], checks, { severity: 'warning', skip })
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
  // GC waits for a transaction of any age; that it has waited for long is written down, as it does itself.
  const reader = tidbPool.session('reader', { node: cluster.nodes[1] })
  await reader.query('start transaction read only as of timestamp now() - interval 3 hour')
  const point = `variable_name = 'tikv_gc_safe_point'`
  const [before] = await admin.query<{ value: string }>(`select variable_value as value from mysql.tidb where ${point}`)
  const old = `date_format(utc_timestamp() - interval 2 hour, '%Y%m%d-%H:%i:%s.000 +0000')`
  await admin.query(`update mysql.tidb set variable_value = ${old} where ${point}`)
  try {
    expect(await gcMoving(admin, { behind: '2h' })).toEqual([])
    const held = `, held back by the transaction of session ${reader.connectionId} of root on `
    expect(await gcMoving(admin)).toMatchObject([{ message: expect.stringContaining(held) as string }])
    await reader.query('rollback')
    expect(await gcMoving(admin)).toMatchObject([
      { message: expect.stringContaining('no transaction is as old') as string },
    ])
  } finally {
    await admin.query(`update mysql.tidb set variable_value = ? where ${point}`, [String(before?.value)])
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

test('clocks of all nodes against the one that is asked, members of PD, open files, expected settings', async ({
  cluster,
  tidbPool,
}) => {
  const admin = tidbPool.session('admin', { node: cluster.nodes[0] })
  expect(await clocksAlike(admin, { apart: '1m' })).toEqual([])
  const ways = async () =>
    (await clocksAlike(admin, { apart: '1m' }))
      .map(({ subject, message }) => `${subject.name.replace(/ .*/, '')} ${/ahead|behind/.exec(message)?.[0]}`)
      .toSorted()
  // By now() of this session, all the others are wrong by an hour.
  await admin.query('set timestamp = unix_timestamp() - 3600')
  expect(await ways()).toEqual(['pd ahead', 'tidb ahead', 'tidb ahead'])
  await admin.query('set timestamp = unix_timestamp() + 7200')
  expect(await ways()).toEqual(['pd behind', 'tidb behind', 'tidb behind'])
  await admin.query('set timestamp = default')

  expect(await pdAnswers(admin)).toEqual([])
  expect(await pdAnswers(admin, { members: 3 })).toMatchObject([{ observed: 1, limit: 3 }])
  expect(await filesBelowLimit(admin, { share: 1 })).toEqual([])
  const full = await filesBelowLimit(admin, { share: 0 })
  expect(full.map(({ subject }) => subject.name.replace(/ .*/, '')).toSorted()).toEqual(['pd', 'tidb', 'tidb', 'tikv'])

  const expected = {
    variables: { tidb_gc_enable: true, max_connections: '7', no_such: 1 },
    configuration: { 'tidb.log.level': 'debug' },
  }
  expect(
    (await settingsAsExpected(admin, expected)).map(({ subject, message }) => `${subject.name} ${message}`),
  ).toEqual([
    'max_connections is 0, 7 is expected',
    'no_such is not there, 1 is expected',
    ...['one', 'two'].map(() => expect.stringMatching(/^tidb.log.level is \w+ on \S+, debug is expected$/) as string),
  ])
  await expect(settingsAsExpected(admin)).rejects.toMatchObject({ silence: 'not-applicable' })
})

test(
  'a resource group that makes its statements wait is found',
  { timeout: 180_000 },
  async ({ cluster, tidbPool }) => {
    const [admin, busy] = ['admin', 'busy'].map((name) => tidbPool.session(name, { node: cluster.nodes[0] }))
    await admin?.query('create resource group if not exists small ru_per_sec = 10')
    await admin?.query('create table heavy (id int primary key auto_increment, note varchar(4000))')
    await busy?.query('set resource group small')
    try {
      await expect
        .poll(
          async () => {
            await busy?.query("insert into heavy (note) values (repeat('x', 4000)), (repeat('y', 4000))")
            return admin && resourceGroupsHaveRoom(admin, { queued: 0 })
          },
          { timeout: 40_000, interval: 1 },
        )
        .toMatchObject([{ subject: { kind: 'resource group', name: 'small' } }])
    } finally {
      await busy?.query('set resource group default')
      await admin?.query('drop table heavy')
      await admin?.query('drop resource group small')
    }
  },
)
