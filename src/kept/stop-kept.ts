import { delay, performance } from '../clock.ts'
import { DeadlineError, ServerError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { clearDeadRuns } from '../server/dead-runs.ts'
import { isGone } from '../server/process-identity.ts'
import { forgetKept, keptServer, keptServers, standingOf, stateOf, type KeptServer, type Kind } from './kept-server.ts'

const STOP_WITHIN_MS = 30_000
const POLL_EVERY_MS = 50

/** What became of one that should be stopped: `gone` if it was gone before. */
export type Stopped = 'stopped' | 'gone'

/**
 * Ends one, and waits until it has ended.
 *
 * @throws {DeadlineError} if its keeper does not end; {ServerError} if it was started elsewhere.
 */
export async function stopKept(kept: KeptServer): Promise<Stopped> {
  const { name, kind, keeper } = kept
  const state = stateOf(kept)
  if (state === 'elsewhere') {
    throw new ServerError(`${kind} ${name} was started on another machine, boot or container`, {
      hints: [`stop it there; or, if that is no more: vitest-tidb ${kind} clean`],
    })
  }
  if (state === 'gone') {
    await clearKept(kept)
    return 'gone'
  }
  try {
    process.kill(keeper.pid, 'SIGTERM')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
  const deadline = performance.now() + STOP_WITHIN_MS
  while (!isGone(keeper)) {
    if (performance.now() > deadline) {
      throw new DeadlineError(`the keeper of ${name} (process ${keeper.pid}) to end`, STOP_WITHIN_MS, {
        hints: [`kill it: kill -9 ${keeper.pid}; what it leaves is cleared away`],
      })
    }
    await delay(POLL_EVERY_MS)
  }
  forgetKept(name)
  return 'stopped'
}

/** Forgets one that is gone, with what it and other dead processes left. */
export async function clearKept({ name }: KeptServer, log: (line: string) => void = () => undefined): Promise<void> {
  await clearDeadRuns(log)
  forgetKept(name)
}

/**
 * Clears away those that are gone or failed, or were started elsewhere.
 *
 * @returns their names.
 */
export async function cleanKept(kind: Kind, log: (line: string) => void): Promise<string[]> {
  await clearDeadRuns(log)
  const cleaned: string[] = []
  for (const kept of keptServers()) {
    if (kept.kind !== kind) continue
    const state = await standingOf(kept)
    if (state === 'failed') await stopKept(kept)
    else if (state === 'gone' || state === 'elsewhere') forgetKept(kept.name)
    else continue
    cleaned.push(kept.name)
  }
  return cleaned
}

/**
 * The one that was meant: by its name, else the only one of its kind.
 *
 * @throws {ServerError} that lists those there are.
 */
export function findKept(kind: Kind, name: string | undefined): KeptServer {
  const all = keptServers().filter((kept) => kept.kind === kind)
  const names = all.map((kept) => kept.name)
  if (name === undefined) {
    const [only, ...others] = all
    if (only !== undefined && others.length === 0) return only
    const hint = only === undefined ? `start one: vitest-tidb ${kind} start` : `give one of ${names.join(', ')}`
    throw new ServerError(only === undefined ? `there is no ${kind}` : `there are several`, { hints: [hint] })
  }
  const kept = keptServer(name)
  if (kept !== undefined && kept.kind === kind) return kept
  const meant = nearest(name, names)
  const other = kept === undefined ? [] : [`it is a ${kept.kind}: vitest-tidb ${kept.kind} …`]
  throw new ServerError(`there is no ${kind} ${name}: none was started under that name, or it has ended`, {
    hints: [
      ...other,
      ...(meant === undefined ? [] : [`did you mean ${meant}?`]),
      names.length === 0 ? `start one: vitest-tidb ${kind} start ${name}` : `there are ${names.join(', ')}`,
    ],
  })
}
