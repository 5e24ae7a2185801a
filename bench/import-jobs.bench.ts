import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  expect,
  ImportJobMonitor,
  parseJobScript,
  test,
  TiDBConnection,
  type ImportJobs,
  type OwnServer,
} from 'vitest-tidb'
import { Secret } from '../src/config/secret.ts'
import { pairs, report, row } from './paired.ts'

const WATCHERS_LIMIT = 1.05
const HISTORY_LIMIT = 1.5
const POLLS = 300
const SNAPSHOTS = 100_000
const MEMORY_LIMIT_KIB = 1_024
const JOBS = 1_000
const RUNNING = 16
const SECONDS = 10
const CORE_LIMIT = 0.03

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const script = (name: string) => new URL(`../fixtures/import-jobs/${name}`, import.meta.url)

/** A monitor that polls again as soon as it has polled. */
function monitorOf({ host, port }: OwnServer): ImportJobMonitor {
  const address = { host, port, user: 'root', password: new Secret(''), connectTimeoutMs: 5_000 }
  return new ImportJobMonitor({
    host: `${host}:${port}`,
    interval: 0,
    connect: (signal) => TiDBConnection.open(address, { signal }),
  })
}

/** How long so many polls take with so many watchers of one job, in ms. */
async function polls(server: OwnServer, id: string, watchers: number): Promise<number> {
  await using monitor = monitorOf(server)
  const watched = monitor.watch(id)
  const ends = Array.from({ length: watchers - 1 }, () => monitor.watch(id).ended({ within: '1h' }))
  for (const end of ends) end.catch(() => undefined)
  let began = 0
  let count = 0
  for await (const _ of watched) {
    if (count === 0) began = performance.now()
    if (count++ === POLLS) break
  }
  return performance.now() - began
}

async function running(jobs: ImportJobs): Promise<string> {
  const play = await jobs.play(script('stalling-for-good.yaml'))
  await play.done
  return play.idOf('orders')
}

test('a poll of a job that 1,000 watch', { timeout: 300_000 }, async ({ startTiDB, importJobs }) => {
  const server = await startTiDB()
  const id = await running(importJobs.on(server))
  const thousand = () => polls(server, id, 1_000)
  const result = await pairs(thousand, () => polls(server, id, 1), { rounds: 41, warmup: 3 })
  report(`${POLLS} polls of a job that 1,000 watch`, 'of a job that one watches', result, `≤ ${WATCHERS_LIMIT}`)
  expect(result.ratio).toBeLessThanOrEqual(WATCHERS_LIMIT)
})

test('a poll of a job beside 10,000 that ended', { timeout: 300_000 }, async ({ startTiDB, importJobs }) => {
  const [full, empty] = await Promise.all([startTiDB(), startTiDB()])
  await (
    await importJobs.on(full).play(script('ten-thousand-old.yaml'))
  ).done
  const [inFull, inEmpty] = [await running(importJobs.on(full)), await running(importJobs.on(empty))]
  const beside = () => polls(full, inFull, 1)
  const result = await pairs(beside, () => polls(empty, inEmpty, 1), { rounds: 31, warmup: 3 })
  report(`${POLLS} polls beside 10,000 jobs that ended`, 'beside none', result, `≤ ${HISTORY_LIMIT}`)
  expect(result.ratio).toBeLessThanOrEqual(HISTORY_LIMIT)
})

test('memory of a watch', { timeout: 600_000 }, async ({ startTiDB, importJobs }) => {
  const server = await startTiDB()
  const id = await running(importJobs.on(server))
  await using monitor = monitorOf(server)
  let count = 0
  let early = 0
  const heap = () => {
    gc()
    return process.memoryUsage().heapUsed / 1_024
  }
  for await (const _ of monitor.watch(id)) {
    count += 1
    if (count === SNAPSHOTS / 10) early = heap()
    if (count === SNAPSHOTS) break
  }
  const growth = heap() - early
  const cells = ['memory of a watch, from 10,000 polls to 100,000', `${growth.toFixed(0)} KiB`, '', '', '', '']
  row([...cells, `≤ ${MEMORY_LIMIT_KIB} KiB`, `${count} polls`])
  expect(growth).toBeLessThanOrEqual(MEMORY_LIMIT_KIB)
})

test('1,000 jobs watched at a poll each second', { timeout: 300_000 }, async ({ startTiDB, importJobs }) => {
  const server = await startTiDB()
  const script = parseJobScript(
    // As many as a cluster runs at once, and those that wait.
    `jobs:
      - { name: orders, repeat: ${RUNNING}, rows: 1000000, steps: [start, { advance: 30% }] }
      - { name: waiting, repeat: ${JOBS - RUNNING}, rows: 1000000, steps: [{ after: 1ms }] }`,
    'a-thousand.yaml',
  )
  const play = await importJobs.on(server).play(script)
  await play.done
  const { host, port } = server
  const address = { host, port, user: 'root', password: new Secret(''), connectTimeoutMs: 5_000 }
  // A connection carries one statement at a time.
  let connections = 0
  const connect = (signal: AbortSignal) => {
    connections += 1
    return TiDBConnection.open(address, { signal })
  }
  await using monitor = new ImportJobMonitor({ host: `${host}:${port}`, interval: '1s', connect })
  const jobs = [
    ...Array.from({ length: RUNNING }, (_, at) => monitor.watch(play.idOf(`orders#${at + 1}`))),
    ...Array.from({ length: JOBS - RUNNING }, (_, at) => monitor.watch(play.idOf(`waiting#${at + 1}`))),
  ]
  await expect.poll(() => jobs.every(({ job }) => job !== undefined), { timeout: 60_000 }).toBe(true)
  const [began, sent] = [process.cpuUsage(), monitor.statements]
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000))
  const { user, system } = process.cpuUsage(began)
  const share = (user + system) / 1e6 / SECONDS
  const statements = (monitor.statements - sent) / SECONDS
  const cells = ['1,000 jobs watched, a poll each second', `${(100 * share).toFixed(1)}% of a core`, '', '', '', '']
  row([
    ...cells,
    `≤ ${100 * CORE_LIMIT}%, one connection`,
    `${statements.toFixed(0)} statements/s, ${connections} connection`,
  ])
  expect(connections).toBe(1)
  expect(share).toBeLessThanOrEqual(CORE_LIMIT)
})
