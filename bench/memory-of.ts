import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { delay } from '../src/clock.ts'

/** How often memory is looked at, in ms. */
const EVERY_MS = 500

/**
 * Watches the memory of a process and of all that it started.
 *
 * @returns a function that ends it, and tells how much that was together at most, in MiB.
 */
export function watchMemory(pid: number): () => number {
  let most = 0
  const ended = new AbortController()
  const { signal } = ended
  const watching = async () => {
    while (!signal.aborted) {
      most = Math.max(most, await memoryOf(pid))
      await delay(EVERY_MS, undefined, { signal })
    }
  }
  // It ends by being aborted; what `ps` can't tell is missing in the end.
  watching().catch(() => undefined)
  return () => {
    ended.abort()
    return most
  }
}

async function memoryOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,rss='])
  const processes = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  const own = new Set([pid])
  // A process may stand before the one that started it.
  for (let size = 0; size < own.size;) {
    size = own.size
    for (const [child = 0, parent = 0] of processes) if (own.has(parent)) own.add(child)
  }
  return processes.reduce((sum, [child = 0, , kib = 0]) => sum + (own.has(child) ? kib / 1_024 : 0), 0)
}
