import { expect, ImportJobMonitor, parseJobScript, test, TiDBConnection } from 'vitest-tidb'
import { Secret } from '../../src/config/secret.ts'

test('of 40 jobs, a poll is one statement, and each is seen to move, end and vanish', async ({
  startTiDB,
  importJobs,
}) => {
  const server = await startTiDB()
  const { host, port } = server
  const address = { host, port, user: 'root', password: new Secret(''), connectTimeoutMs: 5_000 }
  const play = await importJobs.on(server).play(
    parseJobScript(
      `jobs:
        - { name: waiting, repeat: 37, steps: [{ after: 30s, start: }] }
        - { name: ending, rows: 10, steps: [start, { after: 300ms, advance: 50% }, { after: 300ms, finish: 10 }] }
        - { name: failing, rows: 10, steps: [start, { after: 300ms, fail: disk full }] }
        - { name: vanishing, rows: 10, steps: [start, { after: 300ms, vanish: }] }`,
      'many.yaml',
    ),
  )
  const connect = (signal: AbortSignal) => TiDBConnection.open(address, { signal })
  await using monitor = new ImportJobMonitor({ host: `${host}:${port}`, interval: 50, connect })
  const waiting = Array.from({ length: 37 }, (_, at) => monitor.watch(play.idOf(`waiting#${at + 1}`)))
  const [ending, failing, vanishing] = ['ending', 'failing', 'vanishing'].map((name) => monitor.watch(play.idOf(name)))
  const seen: unknown[] = []
  for await (const { job } of ending ?? []) seen.push(job.importedRows)
  expect(seen).toContain(5)
  await expect(ending?.ended()).resolves.toMatchObject({ status: 'finished', importedRows: 10 })
  await expect(failing?.ended()).resolves.toMatchObject({ status: 'failed', resultMessage: 'disk full' })
  await expect(vanishing?.ended()).resolves.toMatchObject({ status: 'vanished' })
  expect(waiting.map(({ job }) => job?.status)).toEqual(waiting.map(() => 'pending'))
  // A list for each poll, one statement for the job that is not in it, what tells the zone of the times, and the threads
  // of jobs that end.
  expect(monitor.statements).toBeLessThan(seen.length + 12)
})
