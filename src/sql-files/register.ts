import { mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as vitest from 'vitest'
import { runServer } from '../fixtures/server.ts'
import { writeWhole } from '../write-whole.ts'
import { beginAt } from './begin.ts'
import { takeTurn } from './host-place.ts'
import { readSqlFile } from './kinds.ts'
import { databaseOf } from './places.ts'
import { takeServer, type SqlPlace } from './place.ts'
import type { ProvidedSqlFiles } from './provided.ts'
import type { SqlRun, SqlScript } from './script.ts'

/** How long what ends a file may take, in ms. */
const END_WITHIN_MS = 60_000

/**
 * Registers the tests of a file of SQL: called by the module that the plugin makes of it.
 *
 * @returns a function that makes the test of one case, to be called on its line.
 */
export function registerSqlFile(file: string): (index: number) => void {
  const script = readSqlFile(readFileSync(file), file)
  const sqlFile = new SqlFile(file, script)
  vitest.afterAll(() => sqlFile.end(), END_WITHIN_MS)
  return (index) => {
    // Statements have deadlines of their own, and what comes before the first test that was selected runs with it.
    vitest.test(script.cases[index]?.name ?? '', { timeout: 0 }, async ({ task, skip, signal }) => {
      const reason = await sqlFile.check(index, task.result?.retryCount ?? 0, signal)
      if (reason !== undefined) skip(reason)
    })
  }
}

/** A file on its way. */
interface Begun {
  readonly run: SqlRun
  /** Undoes what it left, wherever it was carried out. */
  leave(): Promise<void>
}

/** One file of SQL in a worker. */
class SqlFile {
  readonly #file: string
  readonly #script: SqlScript
  readonly #given = new AbortController()
  #begun: Promise<Begun> | undefined
  /** How often it began anew, as a test was to be tried again. */
  #retries = 0

  constructor(file: string, script: SqlScript) {
    this.#file = file
    this.#script = script
  }

  async check(index: number, retry: number, signal: AbortSignal): Promise<string | undefined> {
    // What a statement did can't be done again: everything before it is, in a new database.
    if (retry > this.#retries) {
      this.#retries = retry
      await this.#leave()
    }
    signal.addEventListener('abort', () => this.#given.abort(signal.reason), { once: true })
    const { run } = await (this.#begun ??= this.#begin())
    return run.check(index)
  }

  async end(): Promise<void> {
    const begun = await this.#begun?.catch(() => undefined)
    const recorded = isRecording() ? begun?.run.recorded() : undefined
    await this.#leave()
    begun?.run.demandWhole?.()
    if (recorded === undefined) return
    mkdirSync(dirname(recorded.file), { recursive: true })
    writeWhole(recorded.file, recorded.bytes)
  }

  async #leave(): Promise<void> {
    const begun = await this.#begun?.catch(() => undefined)
    this.#begun = undefined
    await begun?.run.end()
    await begun?.leave()
  }

  async #begin(): Promise<Begun> {
    const provided = vitest.inject('tidbSqlFiles')
    const { root, baseline } = provided
    const asked = { file: this.#file, script: this.#script, root, provided, signal: this.#given.signal }
    const place = await this.#take(provided)
    const recording = isRecording()
    if (baseline === undefined) return beginAt(place, asked, { recording })
    const { beginCompared } = await import('./begin-compared.ts')
    return beginCompared(place, baseline, asked, recording)
  }

  #take(provided: ProvidedSqlFiles): Promise<SqlPlace> {
    const { serversDir } = provided
    const database = databaseOf(this.#file, provided.root)
    const { signal } = this.#given
    if (serversDir !== undefined) return takeServer({ ...provided, serversDir }, database, signal)
    const address = { ...runServer().config, host: vitest.inject('tidb').host }
    return takeTurn(address, provided, { file: this.#file, script: this.#script, database, signal })
  }
}

/** Whether vitest updates what is recorded: `-u`. */
function isRecording(): boolean {
  const { snapshotState } = vitest.expect.getState() as unknown as {
    readonly snapshotState?: { readonly _updateSnapshot?: string }
  }
  return snapshotState?._updateSnapshot === 'all'
}
