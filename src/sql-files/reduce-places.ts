import { isShared, type Config } from '../config/config.ts'
import type { Progress } from '../server/server.ts'
import { Undo } from '../undo.ts'
import { takeBaseline, versionOf } from './begin-compared.ts'
import { beginAt } from './begin.ts'
import { isHidden, listen, type Answers, type Side } from './compared-run.ts'
import { takeTurn } from './host-place.ts'
import { KnownDifferences } from './known-differences.ts'
import { takeServer, type SqlPlace } from './place.ts'
import { databaseOf } from './places.ts'
import type { ProvidedSqlFiles } from './provided.ts'
import type { SqlScript } from './script.ts'
import { SqlServers } from './servers.ts'
import { beginBaseline } from './sql-baseline.ts'

const STATEMENT_WITHIN_MS = 60_000

interface Started {
  readonly file: string
  readonly root: string
  readonly config: Config
  readonly signal: AbortSignal
  readonly onProgress: Progress
}

/** What a case was answered with, on the server and on its baseline. */
export interface Checked {
  readonly answers: Answers
  readonly others: Answers
  /** Whether all that is printed of the results is alike. */
  readonly hidden: boolean
  /** What its test fails with on the server. */
  readonly error?: unknown
}

/** Where one file is carried out again and again: a server of its own or a turn on the configured host, and the baseline. */
export class ReducePlaces implements AsyncDisposable {
  readonly #started: Started
  readonly #provided: ProvidedSqlFiles
  readonly #undo: Undo
  /** The known differences from the baseline; undefined without one. */
  known: KnownDifferences | undefined

  private constructor(started: Started, provided: ProvidedSqlFiles, undo: Undo) {
    this.#started = started
    this.#provided = provided
    this.#undo = undo
  }

  /** @throws {ServerError} if a server can't be had. */
  static async start(started: Started): Promise<ReducePlaces> {
    const { root, config, onProgress } = started
    const undo = new Undo()
    try {
      const isCompared = config.baseline !== undefined || config.baselineUrl !== undefined
      const beginning = isCompared ? beginBaseline(config, 1, onProgress) : undefined
      undo.defer(async () => (await beginning?.catch(() => undefined))?.stop())
      const own = { ...config, provider: config.provider === 'cluster' ? ('binary' as const) : config.provider }
      const servers = isShared(config) ? undefined : await SqlServers.start(own, 1, onProgress)
      undo.defer(() => servers?.stop())
      const provided = {
        root,
        serversDir: servers?.path,
        connectTimeoutMs: config.connectTimeoutMs,
        serverWithinMs: STATEMENT_WITHIN_MS,
        statementTimeoutMs: STATEMENT_WITHIN_MS,
        allowExec: false,
        allowGlobal: false,
        ...(await beginning)?.provided,
      }
      return new ReducePlaces(started, provided, undo)
    } catch (error) {
      await undo.run().catch(() => undefined)
      throw error
    }
  }

  /** Whether there is a baseline: what is recorded of the file does not count then. */
  get isCompared(): boolean {
    return this.#provided.baseline !== undefined
  }

  /**
   * Begins to carry a script out.
   *
   * @param recording whether what is recorded of the file does not count.
   */
  async begin(script: SqlScript, recording: boolean, signal = this.#started.signal) {
    const { file, root } = this.#started
    const asked = { file, script, root, provided: this.#provided, signal }
    const { baseline } = this.#provided
    const undo = new Undo()
    const sideAt = async (place: SqlPlace, isRecording: boolean): Promise<Side> => {
      const heard = listen()
      const { run, leave } = await beginAt(place, asked, { recording: isRecording, ...heard })
      undo.defer(leave)
      undo.defer(() => run.end())
      return { run, ...heard }
    }
    try {
      const own = await sideAt(await this.#take(script, signal), recording)
      const place = baseline === undefined ? undefined : await takeBaseline(baseline, asked)
      if (place !== undefined) this.known ??= KnownDifferences.of(file, await versionOf(place, signal))
      const other = place && (await sideAt(place, true))
      const check = async (index: number): Promise<Checked> => {
        const [checked] = await Promise.allSettled([own.run.check(index), other?.run.check(index)])
        const error = checked.status === 'rejected' ? { error: checked.reason as unknown } : {}
        const hidden = isHidden([own, other].map((side) => side?.printed.splice(0)))
        return { answers: own.answers.splice(0), others: other?.answers.splice(0) ?? [], hidden, ...error }
      }
      return { check, [Symbol.asyncDispose]: () => undo.run() }
    } catch (error) {
      await undo.run().catch(() => undefined)
      throw error
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#undo.run()
  }

  #take(script: SqlScript, signal: AbortSignal): Promise<SqlPlace> {
    const { file, root, config } = this.#started
    const { serversDir } = this.#provided
    const database = databaseOf(file, root)
    if (serversDir !== undefined) return takeServer({ ...this.#provided, serversDir }, database, signal)
    const address = { ...config, host: config.host ?? '' }
    return takeTurn(address, this.#provided, { file, script, database, signal })
  }
}
