import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { wallTime } from '../clock.ts'
import type { Settings } from '../config/settings.ts'
import { aborted, ServerError } from '../errors.ts'
import { makeFolder } from '../make-folder.ts'
import { packageModule } from '../package-files.ts'
import { childEnv } from '../server/child-env.ts'
import { withLock } from '../server/lock.ts'
import { processSpace, startTimeOf } from '../server/process-identity.ts'
import { KEEP, type KeeperMessage, type KeeperTask } from './keeper-messages.ts'
import {
  forgetKept,
  keeperLog,
  keptFolder,
  keptServer,
  NAME,
  noteKept,
  stateOf,
  type KeptServer,
  type Kind,
} from './kept-server.ts'
import { clearKept } from './stop-kept.ts'

export interface KeepRequest {
  /** By default the kind, with a number if that is taken. */
  readonly name?: string | undefined
  readonly kind: Kind
  /** What it is started with. */
  readonly settings: Settings
  /** How long it lives, in ms; undefined if until it is stopped. */
  readonly ttlMs?: number | undefined
}

export interface KeepOptions {
  readonly signal: AbortSignal
  readonly onProgress: (line: string) => void
}

const LOCK_WITHIN_MS = 15_000

/**
 * Starts a server under a keeper of its own, which outlives this process.
 *
 * @returns once it answers.
 * @throws {ServerError} if the name is taken, or it can't be started; {AbortedError} if it was given up: nothing is left then.
 */
export async function startKept(request: KeepRequest, options: KeepOptions): Promise<KeptServer> {
  const kept = await reserve(request)
  try {
    return await keep({ kept, settings: request.settings }, options)
  } catch (error) {
    forgetKept(kept.name)
    throw error
  }
}

/** Takes a name, which is this process's until the keeper has it. */
async function reserve({ name, kind, ttlMs }: KeepRequest): Promise<KeptServer> {
  if (name !== undefined && !NAME.test(name)) {
    throw new ServerError('that can not be the name of a server', {
      hints: ['give letters, digits, - and _, a letter or digit first, at most 40'],
    })
  }
  makeFolder(keptFolder())
  const lock = { withinMs: LOCK_WITHIN_MS, waitedFor: 'another process to take a name' }
  return withLock(join(keptFolder(), 'names'), lock, async () => {
    const startedAt = wallTime()
    const kept: KeptServer = {
      name: name === undefined ? await firstFree(kind) : await free(name),
      kind,
      space: processSpace(),
      keeper: { pid: process.pid, startTime: startTimeOf(process.pid) },
      startedAt,
      ...(ttlMs !== undefined && { endsAt: startedAt + ttlMs }),
    }
    noteKept(kept)
    return kept
  })
}

async function firstFree(kind: Kind): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? kind : `${kind}-${number}`
    if (await isFree(name)) return name
  }
}

async function free(name: string): Promise<string> {
  if (await isFree(name)) return name
  const there = keptServer(name)
  const what = there === undefined ? '' : ` (${there.kind}, ${stateOf(there)})`
  throw new ServerError(`the name ${name} is taken${what}`, {
    hints: [`stop that one: vitest-tidb ${there?.kind ?? 'server'} stop ${name}`, 'or give another name, or none'],
  })
}

/** One that is gone is cleared away for it. */
async function isFree(name: string): Promise<boolean> {
  const there = keptServer(name)
  if (there === undefined) return true
  if (stateOf(there) !== 'gone') return false
  await clearKept(there)
  return true
}

async function keep(task: KeeperTask, { signal, onProgress }: KeepOptions): Promise<KeptServer> {
  const { name } = task.kept
  const log = openSync(keeperLog(name), 'w', 0o600)
  const child = spawn(process.execPath, [packageModule('kept/keeper')], {
    // A session of its own: Ctrl-C in the terminal ends what waits here, and that ends the keeper in good order.
    detached: true,
    stdio: ['pipe', 'pipe', log],
    cwd: '/',
    env: childEnv('keeper'),
  })
  closeSync(log)
  const { stdin, stdout } = child as ChildProcessByStdio<Writable, Readable, null>
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (status, by) => resolve(by ?? `status ${status}`))
  })
  if (child.pid !== undefined) {
    const keeper = { pid: child.pid, startTime: startTimeOf(child.pid) }
    const kept = { ...task.kept, keeper }
    noteKept(kept)
    stdin.write(`${JSON.stringify({ ...task, kept } satisfies KeeperTask)}\n`)
  }
  // It ends by itself once nobody is at the other end.
  const onAbort = () => stdin.end()
  stdin.on('error', () => undefined)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    for await (const line of createInterface({ input: stdout })) {
      const message = JSON.parse(line) as KeeperMessage
      if ('progress' in message) onProgress(message.progress)
      else if ('failed' in message) {
        signal.throwIfAborted()
        throw new ServerError(message.failed)
      } else {
        if (signal.aborted) break
        await new Promise((resolve) => stdin.end(`${KEEP}\n`, () => resolve(undefined)))
        child.unref()
        stdout.destroy()
        return message.up
      }
    }
    const how = await ended
    signal.throwIfAborted()
    throw new ServerError(
      `its keeper ended with ${how} and said nothing\n${readFileSync(keeperLog(name), 'utf8').trim()}`,
    )
  } catch (error) {
    await ended
    if (signal.aborted) throw aborted(`starting ${task.kept.kind} ${name}`, signal)
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
