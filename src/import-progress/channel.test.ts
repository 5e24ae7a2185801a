import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test, vi } from 'vitest'
import { runnable } from '../../fixtures/runnable.ts'
import type { ImportProgress } from '../import-jobs/import-record.ts'
import { listenForProgress, type ProgressListener } from './progress-listener.ts'
import { progressSender } from './progress-sender.ts'

const WAIT = { timeout: 15_000, interval: 20 }
const SENDER = JSON.stringify(await runnable('src/import-progress/progress-sender.ts'))
const LISTENER = JSON.stringify(await runnable('src/import-progress/progress-listener.ts'))

const orders: ImportProgress = {
  jobId: '1',
  name: 'orders',
  table: '`shop`.`orders`',
  status: 'running',
  phase: 'importing',
  rows: 10,
  percent: undefined,
  rowsPerSecond: 1.5,
  etaMs: undefined,
  idleMs: 0,
  over: false,
}

interface Heard {
  readonly listener: ProgressListener
  readonly progress: { readonly sender: number; readonly progress: ImportProgress }[]
  readonly gone: number[]
  readonly folder: string
}

async function listen(): Promise<Heard> {
  const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-progress-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const progress: Heard['progress'] = []
  const gone: number[] = []
  const listener = await listenForProgress(folder, {
    onProgress: (told, sender) => progress.push({ sender, progress: told }),
    onGone: (sender) => gone.push(sender),
  })
  onTestFinished(() => listener.close())
  return { listener, progress, gone, folder }
}

/** A process of its own that sends, and then does what `code` says. */
function startSender(address: string, code: string): ChildProcess {
  const script = `
const { progressSender } = await import(${SENDER})
const sender = progressSender(${JSON.stringify(address)})
const orders = ${JSON.stringify(orders)}
${code}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

const ended = (child: ChildProcess) => new Promise((resolve) => child.once('close', resolve))

test('what processes and threads send arrives, and so does the end of a sender', { timeout: 30_000 }, async () => {
  const { listener, progress, gone } = await listen()
  const children = ['a', 'b'].map((name) =>
    startSender(listener.address, `sender.send({ ...orders, name: '${name}' }); await sender.close()`),
  )
  expect(await Promise.all(children.map(ended))).toEqual([0, 0])
  const code = `
    import(${SENDER}).then(async ({ progressSender }) => {
      const sender = progressSender(${JSON.stringify(listener.address)})
      sender.send({ ...${JSON.stringify(orders)}, name: 'thread' })
      await sender.close()
    })`
  await new Promise((resolve) => new Worker(code, { eval: true }).once('exit', resolve))
  await vi.waitFor(() => expect(gone).toHaveLength(3), WAIT)
  expect(progress.map((heard) => heard.progress).toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(
    ['a', 'b', 'thread'].map((name) => ({ ...orders, name })),
  )
  expect(new Set(progress.map(({ sender }) => sender))).toEqual(new Set(gone))
})

test('a killed process counts as gone once all that it had sent has arrived', { timeout: 30_000 }, async () => {
  const { listener, progress, gone } = await listen()
  const child = startSender(listener.address, 'sender.send(orders); setInterval(() => undefined, 1000)')
  await vi.waitFor(() => expect(progress).toHaveLength(1), WAIT)
  expect(gone).toEqual([])
  child.kill('SIGKILL')
  await vi.waitFor(() => expect(gone).toEqual([progress[0]?.sender]), WAIT)
})

test('a sender keeps no process alive, and neither does a listener', { timeout: 30_000 }, async () => {
  const { listener, folder } = await listen()
  expect(await ended(startSender(listener.address, 'sender.send(orders)'))).toBe(0)
  const other = mkdtempSync(join(folder, 'other-'))
  const code = `
const { listenForProgress } = await import(${LISTENER})
await listenForProgress(${JSON.stringify(other)}, { onProgress() {}, onGone() {} })
sender.send(orders)`
  expect(await ended(startSender(listener.address, code))).toBe(0)
})

test('a sender whose listener is gone, or never was, is quiet', { timeout: 30_000 }, async () => {
  const { listener, progress, folder } = await listen()
  const sender = progressSender(listener.address)
  sender.send(orders)
  await vi.waitFor(() => expect(progress).toHaveLength(1), WAIT)
  await listener.close()
  expect(existsSync(listener.address)).toBe(false)
  for (let rows = 0; rows < 100; rows += 1) sender.send({ ...orders, rows })
  await sender.close()
  sender.send(orders)
  for (const address of [join(folder, 'nobody'), join(folder, 'x'.repeat(300)), undefined]) {
    const lost = progressSender(address)
    lost.send(orders)
    await lost.close()
  }
})

test('the latest of each job arrives when more is sent than is taken', { timeout: 30_000 }, async () => {
  const { listener, progress } = await listen()
  const sender = progressSender(listener.address)
  const jobs = 5000
  // All in one turn: the socket takes nothing before the first is sent.
  for (let rows = 0; rows < 4; rows += 1) {
    for (let job = 0; job < jobs; job += 1) sender.send({ ...orders, jobId: `${job}`, rows })
  }
  await sender.close()
  await vi.waitFor(() => expect(progress).toHaveLength(jobs), WAIT)
  expect(new Set(progress.map((heard) => heard.progress.jobId)).size).toBe(jobs)
  expect(progress.every((heard) => heard.progress.rows === 3)).toBe(true)
})

test('a listener that takes nothing holds up no sender', { timeout: 30_000 }, async () => {
  const { folder } = await listen()
  const own = JSON.stringify(join(folder, 'deaf'))
  const deaf = spawn(
    process.execPath,
    ['-e', `require('net').createServer((socket) => socket.pause()).listen(${own}, () => console.log('listening'))`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(() => void deaf.kill('SIGKILL'))
  await new Promise((resolve) => deaf.stdout.once('data', resolve))
  const sender = progressSender(join(folder, 'deaf'))
  for (let job = 0; job < 30_000; job += 1) sender.send({ ...orders, jobId: `${job}` })
  // It gives up what is not taken; without its deadline, this would not end.
  await expect(sender.close()).resolves.toBeUndefined()
})

test(
  'what is not progress is ignored, and who sends a line without an end is hung up on',
  { timeout: 30_000 },
  async () => {
    const { listener, progress, gone } = await listen()
    const socket = createConnection(listener.address).on('error', () => undefined)
    const good = JSON.stringify(orders)
    const lines = ['', 'null', '[]', '{"jobId":1}', '{', good.replace('"rows":10', '"rows":"10"'), '\x1b[2J', good]
    socket.write(`${lines.join('\n')}\n${good.slice(0, 20)}`)
    await vi.waitFor(() => expect(progress).toHaveLength(1), WAIT)
    socket.write(`${good.slice(20)}\n`)
    await vi.waitFor(() => expect(progress).toHaveLength(2), WAIT)
    expect(gone).toEqual([])
    socket.write('x'.repeat(100_000))
    await vi.waitFor(() => expect(gone).toHaveLength(1), WAIT)
    expect(progress.map((heard) => heard.progress)).toEqual([orders, orders])
  },
)

test('texts of any length and kind arrive, cut', { timeout: 30_000 }, async () => {
  const { listener, progress } = await listen()
  const sender = progressSender(listener.address)
  sender.send({ ...orders, name: 'a\nb\u2028"', note: 'x'.repeat(5000) })
  await sender.close()
  await vi.waitFor(() => expect(progress).toHaveLength(1), WAIT)
  expect(progress[0]?.progress).toEqual({ ...orders, name: 'a\nb\u2028"', note: 'x'.repeat(1000) })
})
