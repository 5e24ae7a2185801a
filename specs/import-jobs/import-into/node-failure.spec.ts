import {
  expect,
  type Cluster,
  type ClusterNode,
  type ImportJobs,
  type Session,
  type WatchedImportJob,
} from 'vitest-tidb'
import { test as base } from '../../../fixtures/import-test.ts'
import { S3Server, whyNoS3 } from '../../../fixtures/s3-server.ts'
import { generate, sequence, text } from '../../../src/data/index.ts'

// What becomes of an import whose node ends: the server's own account of it, asked of the other node.

const RUN = { timeout: 200_000 }
const ROWS = 10_000

const test = base
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the pattern
  .extend('started', { scope: 'file' }, async ({}, { onCleanup }) => {
    if (whyNoS3() !== undefined) return undefined
    const server = await S3Server.start()
    onCleanup(() => server[Symbol.asyncDispose]())
    const data = generate({ seed: 7, rows: ROWS, columns: { id: sequence(), note: text({ length: 1_000 }) } })
    await server.put('slow.csv', (await data.csv().toArray()).join(''))
    return server
  })
  .extend('s3', ({ started, skip }) => started ?? skip(whyNoS3()))
  .extend('underWay', ({ startCluster, importJobs, tidbPool, s3 }) => async () => {
    const cluster = await startCluster({ nodes: 2 })
    const first = tidbPool.session('first', { node: cluster.nodes[0] })
    await first.query('create table item (id bigint primary key, note varchar(2000))')
    // 10 MB, 1 MiB a second.
    const slow = "import into item from ? with detached, thread=1, max_write_speed='1MiB'"
    const [row] = await first.query<{ Job_ID: number }>(slow, [s3.uri('slow.csv')])
    const executor = () => executorOf(cluster, first)
    await expect.poll(executor, { timeout: 60_000 }).toBeDefined()
    const node = await executor()
    const other = cluster.nodes.find((one) => one !== node)
    if (node === undefined || other === undefined) throw new Error('the import is on no node')
    const jobs: ImportJobs = importJobs.on(other)
    const job: WatchedImportJob = jobs.watch(row?.Job_ID ?? 0)
    await job.until('to import', ({ job: { phase } }) => phase === 'importing')
    const session = tidbPool.session('other', { node: other })
    return { cluster, node, other, job, jobs, session, executor: () => executorOf(cluster, session) }
  })

/** The node that runs the import, by the server's own account; undefined if none does. */
async function executorOf(cluster: Cluster, session: Session): Promise<ClusterNode | undefined> {
  const running = "select exec_id from mysql.tidb_background_subtask where state = 'running'"
  const [row] = await session.query<{ exec_id: string }>(running)
  return cluster.nodes.find(({ address }) => address === row?.exec_id)
}

test('one that is shut down hands its import to the other, which finishes it', RUN, async ({ underWay }) => {
  const { node, other, job, session, executor } = await underWay()
  await node.stop()
  await expect.poll(executor, { timeout: 60_000 }).toBe(other)
  await expect(job).toFinish({ within: '100s' })
  await expect(job).toHaveImported(ROWS)
  expect(await session.query('select count(*) as count from item')).toEqual([{ count: ROWS }])
  await session.query('admin check table item')
})

test('one that is killed still has the import, which stands still until it is back', RUN, async ({ underWay }) => {
  const { node, job, jobs, session, executor } = await underWay()
  await node.kill()
  await expect(expect(jobs.list()).toHaveNoStalledImports({ idle: '3s' })).rejects.toThrow(/running/)
  expect(await executor()).toBe(node)
  expect(job.job).toMatchObject({ status: 'running', resultMessage: '' })
  await node.start()
  await expect(job).toHaveImported(ROWS, { within: '100s' })
  expect(await session.query('select count(*) as count from item')).toEqual([{ count: ROWS }])
})

test('one that is killed and stays away loses its import once its lease in PD is over', RUN, async ({ underWay }) => {
  const { cluster, node, other, job, session, executor } = await underWay()
  await node.kill()
  // By itself it took 85 to 90 s.
  await cluster.endLeases(node)
  await expect.poll(executor, { timeout: 60_000 }).toBe(other)
  await expect(job).toHaveImported(ROWS, { within: '100s' })
  expect(await session.query('select count(*) as count from item')).toEqual([{ count: ROWS }])
})
