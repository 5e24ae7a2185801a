import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { clearTimeout, setTimeout, wallTime } from '../clock.ts'
import { loadConfig, NONE } from '../config/config.ts'
import { TiDBConnection } from '../connection/connection.ts'
import { LONGEST_TIMER_MS } from '../duration.ts'
import { describeReason } from '../errors.ts'
import { explainFileFault } from '../file-fault.ts'
import { startServer } from '../server/choose.ts'
import type { ServerNode, TiDBServer } from '../server/server.ts'
import { TiDBVersion } from '../version.ts'
import { KEEP, type KeeperMessage, type KeeperTask } from './keeper-messages.ts'
import { forgetKept, noteKept, type KeptServer } from './kept-server.ts'

// Run by `vitest-tidb server start`, in a session of its own: starts a server, keeps it until it is stopped or its time is
// up, and then ends it. If this process is killed, its watchdog does.

const ending = new AbortController()
const end = (why: string) => ending.abort(new Error(why))
process.on('SIGTERM', () => end('stopped'))
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
// Whoever asked may be gone before the answer.
process.stdout.on('error', () => undefined)

const lines = createInterface({ input: process.stdin })
const asked = Promise.withResolvers<string>()
const wanted = Promise.withResolvers<void>()
const onClose = () => end('whoever asked for it ended')
// Both lines and the end may come at once.
lines.once('close', onClose).on('line', (said) => {
  if (said !== KEEP) return asked.resolve(said)
  lines.off('close', onClose)
  wanted.resolve()
})
const { kept, settings } = JSON.parse(await asked.promise) as KeeperTask

const tell = (message: KeeperMessage) => process.stdout.write(`${JSON.stringify(message)}\n`)

let server: TiDBServer | undefined
try {
  const { config } = loadConfig({ options: settings, env: NONE, envFile: false })
  server = await startServer(config, { signal: ending.signal, onProgress: (progress) => tell({ progress }) })
  ending.signal.throwIfAborted()
  const up = { release: await releaseOf(server), nodes: nodesOf(server) }
  const noted: KeptServer = { ...kept, up }
  noteKept(noted)
  tell({ up: noted })
  await Promise.race([wanted.promise, aborted()])
  lines.close()
  process.stdin.destroy()
  if (!ending.signal.aborted) await untilEnd(kept)
} catch (error) {
  tell({ failed: describeReason(explainFileFault(error)) })
  process.exitCode = 1
} finally {
  await server?.stop().catch((error: unknown) => process.stderr.write(`${describeReason(error)}\n`))
  forgetKept(kept.name)
}
process.exit()

function aborted(): Promise<unknown> {
  return ending.signal.aborted ? Promise.resolve() : once(ending.signal, 'abort')
}

async function untilEnd({ endsAt }: KeptServer): Promise<void> {
  const over = aborted()
  // A timer that no time limits keeps this process alive.
  const left = () => (endsAt === undefined ? LONGEST_TIMER_MS : Math.max(0, endsAt - wallTime()))
  let timer: NodeJS.Timeout | undefined
  const wait = () => {
    const ms = left()
    timer = setTimeout(() => (ms < LONGEST_TIMER_MS ? end('its time is up') : wait()), Math.min(ms, LONGEST_TIMER_MS))
  }
  wait()
  await over
  clearTimeout(timer)
}

async function releaseOf({ host, port, user, password }: TiDBServer): Promise<string> {
  const connectTimeoutMs = loadConfig({ env: NONE, envFile: false }).config.connectTimeoutMs
  await using connection = await TiDBConnection.open(
    { host, port, user, password, connectTimeoutMs },
    { name: 'keeper', signal: ending.signal },
  )
  const [row] = await connection.query<{ report: string }>('select tidb_version() as report', [], {
    within: connectTimeoutMs,
  })
  return TiDBVersion.parse(row?.report ?? '').release
}

function nodesOf(started: TiDBServer): [ServerNode, ...ServerNode[]] {
  const { host, port, statusPort, description, logFile, process: identity, otherNodes } = started
  return [{ host, port, statusPort, description, logFile, process: identity }, ...otherNodes]
}
