import pLimit from 'p-limit'
import type { Settings } from '../config/settings.ts'
import { ConfigError } from '../errors.ts'
import type { BuiltInResults } from '../workflow/default-workflow.ts'
import type { Session } from '../workflow/session.ts'
import type { Results } from '../workflow/workflow.ts'
import { Outcome, type SessionResult } from './outcome.ts'

/** Makes a session of a name that is not open yet. Whoever makes it closes it. */
export type OpenSession<R extends Results> = (name: string, settings?: Settings) => Session<R>

export interface RunOptions {
  /** How many sessions work at once. Default: TIDB_CONCURRENCY. */
  readonly concurrency?: number
  /** `abort` (default): the first failure ends the run and is thrown. `settle`: all go on, and the outcome holds failures. */
  readonly onFailure?: 'abort' | 'settle'
  /** Settings of these sessions that differ from the run's, such as another user. */
  readonly settings?: Settings
}

/** What the function of a run gets beside its session. */
export interface Turn {
  /** Number of the session, from 0. */
  readonly index: number
  /** How many sessions the run has. */
  readonly count: number
  /** Aborted when another session failed and the run is to end. */
  readonly signal: AbortSignal
}

/** Many connections to one server, each with a workflow of its own. */
export class TiDBPool<R extends Results = BuiltInResults> {
  readonly #open: OpenSession<R>
  readonly #concurrency: number

  constructor(open: OpenSession<R>, concurrency: number) {
    this.#open = open
    this.#concurrency = concurrency
  }

  /** A session that has not begun: each of its steps is still to be awaited. It is closed when the test ends. */
  session(name: string, settings?: Settings): Session<R> {
    return this.#open(name, settings)
  }

  /**
   * Sessions that are connected, each by a connection of its own, in the order of their names.
   *
   * @throws {StateError} of the first that can't be opened. {ConfigError} where a name stands twice.
   * @example const [alice, bob] = await tidbPool.sessions('alice', 'bob')
   */
  async sessions<const Names extends readonly string[]>(
    ...names: Names
  ): Promise<{ -readonly [Index in keyof Names]: Session<R> }> {
    const twice = names.find((name, at) => names.indexOf(name) !== at)
    if (twice !== undefined) {
      throw new ConfigError(['name'], `two sessions are called ${JSON.stringify(twice)}`, {
        hints: ['reports tell sessions apart by their names: give each its own'],
      })
    }
    const limit = pLimit(this.#concurrency)
    const opened = names.map((name) => this.#open(name))
    await Promise.all(opened.map((session) => limit(() => session.reach('Connecting'))))
    return opened as { -readonly [Index in keyof Names]: Session<R> }
  }

  /**
   * Runs a function in `count` sessions, so many at once as p-limit lets through, and closes each behind it.
   *
   * @returns the outcome: what each returned, in the order of their numbers.
   * @throws what the first failing session failed with, unless `onFailure` is `settle`.
   * @example
   * const outcome = await tidbPool.run(1000, (session) => session.query('select connection_id() as id'))
   * expect(new Set(outcome.values.map(([row]) => row?.id)).size).toBe(1000)
   */
  async run<T>(
    count: number,
    work: (session: Session<R>, turn: Turn) => Promise<T> | T,
    options: RunOptions = {},
  ): Promise<Outcome<T>> {
    const { concurrency = this.#concurrency, onFailure = 'abort', settings } = options
    if (!Number.isInteger(count) || count < 1) {
      throw new ConfigError(['count'], `a run of ${count} sessions is none`, { hints: ['give a whole number from 1'] })
    }
    const limit = pLimit(concurrency)
    const controller = new AbortController()
    const failures: unknown[] = []
    const one = async (index: number): Promise<SessionResult<T> | undefined> => {
      if (controller.signal.aborted) return undefined
      const name = `session-${index}`
      const session = this.#open(name, settings)
      try {
        const value = await work(session, { index, count, signal: controller.signal })
        return { name, history: session.history, status: 'completed', value }
      } catch (error) {
        failures.push(error)
        if (onFailure === 'abort') controller.abort(error)
        return { name, history: session.history, status: 'failed', error }
      } finally {
        await session.close()
      }
    }
    const results = await Promise.all(Array.from({ length: count }, (_, index) => limit(() => one(index))))
    if (onFailure === 'abort' && failures.length > 0) throw failures[0]
    return new Outcome(results.filter((result) => result !== undefined))
  }
}
