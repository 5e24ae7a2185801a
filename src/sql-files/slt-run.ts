import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { delay } from '../clock.ts'
import { answerOf } from '../connection/error-codes.ts'
import { toAnswer, type Refusal, type TextAnswer, type TextConnection } from '../connection/text-connection.ts'
import { describeReason, StatementError, TiDBError, type ServerAnswer } from '../errors.ts'
import { fitToPrint, printable } from '../redact.ts'
import { childEnv } from '../server/child-env.ts'
import type { SqlRun, Stage } from './script.ts'
import { SltRecording } from './slt-recording.ts'
import { SltResult } from './slt-result.ts'
import type {
  ExpectedError,
  ExpectedLines,
  LetRecord,
  QueryRecord,
  SltRecord,
  StatementRecord,
  SystemRecord,
} from './slt-record.ts'
import { SltVariables } from './slt-variables.ts'
import { toLetters } from './result-text.ts'
import { demandAllowed, SERVER_LOST, SqlFileError, SqlResultError, unanswered } from './sql-file-error.ts'

type Sent = StatementRecord | QueryRecord | LetRecord

/** What a record was expected to be, and was not. `replace` records what it was. */
interface Difference {
  readonly error: Error
  readonly replace?: (recording: SltRecording, lines: ExpectedLines) => void
}

const NOT_RECORDED = 'what is expected in a loop, or in an included file, is not recorded'

/** One `.slt` file on its way through a server. */
export class SltRun implements SqlRun {
  readonly #records: readonly SltRecord[]
  /** For each case, its record. */
  readonly #cases: readonly number[]
  readonly #stage: Stage
  readonly #recording: SltRecording
  readonly #variables: SltVariables
  readonly #connections = new Map<string, TextConnection>()
  readonly #labels = new Map<string, { readonly hash: string; readonly line: number }>()
  /** The next record to be carried out. */
  #at = 0

  constructor(records: readonly SltRecord[], cases: readonly number[], stage: Stage, text: string) {
    this.#records = records
    this.#cases = cases
    this.#stage = stage
    this.#recording = new SltRecording(text)
    this.#variables = new SltVariables(stage.database)
  }

  async check(index: number): Promise<string | undefined> {
    const target = this.#cases[index]
    if (target === undefined) throw new RangeError(`there is no case ${index}`)
    // What comes before is carried out, and is not what is asked about: where it fails, its own test says so.
    for (; this.#at < target; this.#at += 1) await this.#perform(this.#at).catch(() => undefined)
    this.#at = target + 1
    const record = this.#records[target]
    if (record?.skipped !== undefined) {
      this.#noteSkipped(record)
      return record.skipped
    }
    const difference = await this.#perform(target)
    if (difference === undefined) return undefined
    if (!this.#stage.recording || difference.replace === undefined) throw difference.error
    if (record?.lines === undefined) {
      throw new SqlFileError(record?.place ?? { file: this.#stage.file, line: 1 }, NOT_RECORDED, {
        hints: ['change what is expected by hand: each value of the loop, and each file, has the same text'],
        cause: difference.error,
      })
    }
    difference.replace(this.#recording, record.lines)
    return undefined
  }

  recorded(): { readonly file: string; readonly bytes: Buffer } | undefined {
    const { file } = this.#stage
    if (!this.#recording.isChanged) return undefined
    const text = this.#recording.text()
    // What marks the file as UTF-8 is no part of its text.
    const hasMark = readFileSync(file).subarray(0, 3).equals(Buffer.from('\u{feff}'))
    return { file, bytes: Buffer.from(hasMark ? `\u{feff}${text}` : text) }
  }

  async end(): Promise<void> {
    await this.#close()
    this.#variables.end()
  }

  /** Carries out a record, again and again if it says so. */
  async #perform(index: number): Promise<Difference | undefined> {
    const record = this.#records[index]
    if (record === undefined || record.skipped !== undefined) return undefined
    const { attempts, backoffMs } = record.retry ?? { attempts: 1, backoffMs: 0 }
    for (let attempt = 1; ; attempt += 1) {
      const difference = await this.#once(record)
      if (difference === undefined || attempt >= attempts) return difference
      await delay(backoffMs, undefined, { signal: this.#stage.signal })
    }
  }

  async #once(record: SltRecord): Promise<Difference | undefined> {
    switch (record.kind) {
      case 'statement':
        return this.#statement(record)
      case 'query':
        return this.#query(record)
      case 'let':
        return this.#let(record)
      case 'system':
        return this.#system(record)
      case 'sleep': {
        const { statementTimeoutMs, signal } = this.#stage
        if (record.ms > statementTimeoutMs) {
          throw new SqlFileError(record.place, `sleep is for at most ${statementTimeoutMs} ms, as a statement is`)
        }
        await delay(record.ms, undefined, { signal })
        return undefined
      }
      case 'reconnect':
        await this.#close()
        return undefined
      case 'forget':
        this.#labels.delete(record.label)
        return undefined
    }
  }

  async #statement(record: StatementRecord): Promise<Difference | undefined> {
    const { expected } = record
    const { sql, answer } = await this.#send(record)
    const { refusal } = answer
    if (expected.kind === 'ok') return refusal === undefined ? undefined : refused(record, sql, refusal)
    if (expected.kind === 'count') {
      if (refusal !== undefined) return refused(record, sql, refusal)
      const rows = answer.results.at(-1)?.affectedRows ?? 0
      if (rows === expected.rows) return undefined
      return {
        ...differs(record, sql, 'it changed another number of rows', [`${expected.rows} rows`, `${rows} rows`]),
        replace: (recording, at) =>
          recording.replaceInDirective(at, /(\bcount\s+)\d+/, (_, before) => `${before}${rows}`),
      }
    }
    const { error, kind } = expected
    if (refusal === undefined) {
      if (kind === 'maybe') return undefined
      return differs(record, sql, 'it succeeded, and had to fail', [shownError(error), 'no error'])
    }
    const said = toAnswer(refusal)
    if (isExpected(error, said)) return undefined
    return {
      ...differs(record, sql, 'it failed with another error', [shownError(error), shownAnswer(said)]),
      replace: (recording, at) => recording.replaceError(at, error, said),
    }
  }

  async #query(record: QueryRecord): Promise<Difference | undefined> {
    const { sql, answer } = await this.#send(record)
    if (answer.refusal !== undefined) return refused(record, sql, answer.refusal)
    const own = answer.results.findLast(({ columns }) => columns.length > 0)
    if (own === undefined) {
      return differs(record, sql, 'it returned no result set, not even an empty one', [
        record.expected?.join('\n') ?? '',
        '',
      ])
    }
    const result = new SltResult(record, own)
    if (!result.hasItsColumns) {
      const columns = (count: number) => `${count} ${count === 1 ? 'column' : 'columns'}`
      return differs(
        record,
        sql,
        `it returned ${columns(result.columns)}; its types are of ${columns(record.types.length)}`,
        [record.types, own.columns.map(toLetters).join(' ')],
      )
    }
    const wrong = record.expected === undefined || result.matches(record.expected) ? undefined : record.expected
    const labelled = this.#noteLabel(record, sql, result.labelHash)
    if (wrong !== undefined) {
      const lines = result.lines(wrong)
      return {
        ...differs(
          record,
          sql,
          'result differs',
          [wrong, lines].map((text) => toLetters(text.join('\n'))),
        ),
        replace: (recording, at) => recording.replaceExpected(at, lines.map(toLetters)),
      }
    }
    return labelled
  }

  /** @returns what is wrong with it: another query of its label had another result. */
  #noteLabel(record: QueryRecord, sql: string, hash: string): Difference | undefined {
    const { label, place } = record
    if (label === undefined) return undefined
    const before = this.#labels.get(label)
    if (before === undefined) this.#labels.set(label, { hash, line: place.line })
    if (before === undefined || before.hash === hash) return undefined
    const what = `its result is not that of line ${before.line}, which has the same label ${label}`
    return differs(
      record,
      sql,
      what,
      [before.hash, hash].map((each) => `values hashing to ${each}`),
    )
  }

  /** Of a query for other engines, what is expected is told: it is what those of its label have to return. */
  #noteSkipped(record: SltRecord): void {
    if (record.kind !== 'query' || record.label === undefined || record.expected?.length !== 1) return
    const [, hash] = /\bhashing\s+to\s+([0-9a-f]{32})$/.exec(record.expected[0] ?? '') ?? []
    const wrong = hash === undefined ? undefined : this.#noteLabel(record, record.sql, hash)
    if (wrong !== undefined) throw wrong.error
  }

  async #let(record: LetRecord): Promise<Difference | undefined> {
    const { sql, answer } = await this.#send(record)
    if (answer.refusal !== undefined) return refused(record, sql, answer.refusal)
    const rows = answer.results.findLast(({ columns }) => columns.length > 0)?.rows ?? []
    const [row] = rows
    if (row === undefined || rows.length !== 1 || row.length !== record.names.length) {
      const found = row === undefined ? 'no row' : `${rows.length} rows of ${row.length} columns`
      return differs(record, sql, 'let needs one row, with a column for each name', [record.names.join(', '), found])
    }
    record.names.forEach((name, at) => this.#variables.set(name, toLetters(row[at] ?? 'NULL'), record.everywhere))
    return undefined
  }

  async #system(record: SystemRecord): Promise<Difference | undefined> {
    const { allowExec, file, statementTimeoutMs: timeout, signal } = this.#stage
    demandAllowed(allowExec, record.place, 'system runs a program on this machine')
    const command = record.substitution ? this.#variables.special(record.command) : record.command
    const options = { cwd: dirname(file), env: childEnv('command'), timeout, signal, maxBuffer: 64 * 1024 * 1024 }
    let stdout: string
    try {
      ;({ stdout } = await promisify(execFile)('/bin/sh', ['-c', command], options))
    } catch (cause) {
      const { place } = record
      return { error: new SqlFileError(place, `the program failed: ${fitToPrint(describeReason(cause))}`, { cause }) }
    }
    const text = stdout.trim()
    if (record.stdout === undefined || record.stdout === text) return undefined
    return {
      ...differs(record, command, 'it printed something else', [record.stdout, text]),
      replace: (recording, at) => recording.replaceExpected(at, text.split('\n')),
    }
  }

  async #send(record: Sent): Promise<{ readonly sql: string; readonly answer: TextAnswer }> {
    const { statementTimeoutMs: withinMs, signal } = this.#stage
    const { place } = record
    const sql = this.#variables.replacedIn(record.sql, record.substitution, place)
    const connection = await this.#connection(record)
    if (connection.closed) {
      throw new SqlFileError(place, `its connection was lost before: ${printable(sql)}`, {
        host: connection.host,
        hints: ['reconnect, on a line of its own, dials anew'],
      })
    }
    try {
      return { sql, answer: await connection.send(sql, { withinMs, signal }) }
    } catch (cause) {
      if (!(cause instanceof TiDBError)) throw cause
      // To whoever expects an error, that is one.
      const isExpected = record.kind === 'statement' && 'error' in record.expected
      if (cause instanceof StatementError && isExpected) return { sql, answer: { results: [], refusal: SERVER_LOST } }
      throw unanswered(place, printable(sql), cause)
    }
  }

  async #connection({ connection: name, user, place }: Sent): Promise<TextConnection> {
    const key = user === undefined ? name : `${name} of ${user}`
    const known = this.#connections.get(key)
    if (known !== undefined) return known
    const { database } = this.#stage
    try {
      const connection = await this.#stage.dial({ name: key, user, database })
      this.#connections.set(key, connection)
      return connection
    } catch (cause) {
      if (cause instanceof TiDBError) throw cause
      throw new SqlFileError(place, `the connection ${key} was refused`, { answer: answerOf(cause), cause })
    }
  }

  /** Whoever sends next dials anew. */
  async #close(): Promise<void> {
    const connections = [...this.#connections.values()]
    this.#connections.clear()
    await Promise.all(connections.map((connection) => connection.close()))
  }
}

function refused(record: SltRecord, sql: string, refusal: Refusal): Difference {
  const said = toAnswer(refusal)
  return differs(record, sql, 'it failed', ['no error', shownAnswer(said)])
}

function differs(
  { place, context }: SltRecord,
  sql: string,
  what: string,
  texts: readonly string[],
): { readonly error: Error } {
  const [expected = '', actual = ''] = texts.map(fitToPrint)
  const where = `${place.file}:${place.line}${context === '' ? '' : ` (${context})`}`
  return { error: new SqlResultError(place, `${where}: ${what}: ${printable(sql)}`, { expected, actual }) }
}

/** An error as the client of MySQL shows it. */
function shownAnswer({ errno, sqlState, message }: ServerAnswer): string {
  return `ERROR ${errno ?? 0} (${sqlState ?? 'HY000'}): ${message}`
}

function shownError(error: ExpectedError): string {
  switch (error.kind) {
    case 'any':
      return 'an error'
    case 'state':
      return `SQLSTATE ${error.state}${error.message === undefined ? '' : ` and ${error.message.source}`}`
    case 'matches':
      return `an error that matches ${error.pattern.source}`
    case 'contains':
      return `an error with: ${error.text}`
    case 'equals':
      return error.text
  }
}

/** Whether an error is the expected one: patterns and texts may be of its message alone, or have its number before it. */
function isExpected(error: ExpectedError, said: ServerAnswer): boolean {
  const whole = shownAnswer(said)
  const matches = (pattern: RegExp) => pattern.test(said.message) || pattern.test(whole)
  switch (error.kind) {
    case 'any':
      return true
    case 'state':
      return error.state === said.sqlState && (error.message === undefined || matches(error.message))
    case 'matches':
      return matches(error.pattern)
    case 'contains':
      return whole.includes(error.text)
    case 'equals':
      return error.text === said.message.trim() || error.text === whole.trim()
  }
}
