import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { packageModule } from '../package-files.ts'
import type { Remains } from './remains.ts'

/**
 * The shell waits at no cost; only where something is left at the end does it start a Node to clear it away. What is
 * to be cleared, passwords included, goes through pipes and appears in no argument.
 */
const SCRIPT =
  'trap "" INT TERM HUP; left=$(cat); case "$left" in ""|*done) ;; *) printf "%s\\n" "$left" | "$0" "$1" ;; esac'

/** Clears away what this process leaves behind, however it ends: SIGKILL included. */
export class Watchdog {
  static #own: Watchdog | undefined
  readonly #child: ChildProcess
  readonly #left = new Set<number>()
  #next = 0

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** The one watchdog of this process. */
  static ofProcess(): Watchdog {
    return (Watchdog.#own ??= Watchdog.start())
  }

  /** Starts a watchdog for this process. It never keeps the process alive. */
  static start(): Watchdog {
    const child = spawn('/bin/sh', ['-c', SCRIPT, process.execPath, packageModule('server/clean-up')], {
      // A session of its own: Ctrl-C in the terminal ends the run, not its clean-up.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
    })
    child.unref()
    child.on('error', () => undefined)
    child.stdin?.on('error', () => undefined)
    ;(child.stdin as unknown as { unref?: () => void } | null)?.unref?.()
    return new Watchdog(child)
  }

  /** Notes something to be cleared away. Returns what to call once it is gone. */
  watch(remains: Remains): () => void {
    this.#next += 1
    const id = this.#next
    this.#left.add(id)
    this.#write(JSON.stringify({ id, remains }))
    return () => {
      if (!this.#left.delete(id)) return
      this.#write(JSON.stringify({ id }))
      // The shell looks at the last line only, and then need not start a Node to find nothing.
      if (this.#left.size === 0) this.#write('done')
    }
  }

  #write(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }
}

/** When a process began, as the system counts it: tells it from another one that got its number later. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the name in parentheses, which may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
