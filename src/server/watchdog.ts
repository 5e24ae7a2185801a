import { spawn, type ChildProcess } from 'node:child_process'
import { packageModule } from '../package-files.ts'
import { childEnv } from './child-env.ts'
import type { Remains } from './remains.ts'
import { RunRecord } from './run-record.ts'

/**
 * The shell waits at no cost; only when something is left at the end does it start a Node to clear it away. What is
 * to be cleared, passwords included, goes through pipes and appears in no argument.
 */
const SCRIPT =
  'trap "" INT TERM HUP; left=$(cat); case "$left" in ""|*done) ;; *) printf "%s\\n" "$left" | "$0" "$1" ;; esac'

/** Clears away what this process leaves behind, however it ends: SIGKILL included. */
export class Watchdog {
  static #own: Watchdog | undefined
  readonly #child: ChildProcess
  readonly #record: RunRecord
  readonly #left = new Set<number>()
  #next = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#record = new RunRecord(child.pid)
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
      env: childEnv('clean-up'),
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
    if (id === 1) this.#write(JSON.stringify({ record: this.#record.path }))
    this.#write(JSON.stringify({ id, remains }))
    // After the watchdog, which clears away more than others can: it knows the passwords.
    this.#record.note(id, remains, this.#left.size === 1)
    return () => {
      if (!this.#left.delete(id)) return
      this.#write(JSON.stringify({ id }))
      this.#record.forget(id, this.#left.size === 0)
      // The shell reads the last line only, and then need not start a Node to find nothing.
      if (this.#left.size === 0) this.#write('done')
    }
  }

  #write(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }
}
