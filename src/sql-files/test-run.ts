import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { promisify } from 'node:util'
import { delay } from '../clock.ts'
import { answerOf } from '../connection/error-codes.ts'
import type { Refusal, TextAnswer, TextConnection } from '../connection/text-connection.ts'
import { StatementError, TiDBError } from '../errors.ts'
import { childEnv } from '../server/child-env.ts'
import { isError } from './expected-error.ts'
import { ExpectedText, type Difference } from './expected-text.ts'
import { parseReplaceRegex } from './replace-regex.ts'
import { replaceAll, toBytes, toLetters, writeResult, type Writing } from './result-text.ts'
import type { SqlRun, Stage } from './script.ts'
import { resultDiffers } from './shown-difference.ts'
import { demandAllowed, SERVER_LOST, SqlFileError, unanswered } from './sql-file-error.ts'
import type { CommandName, Step } from './test-command.ts'

const DEFAULT = 'default'
const PLAIN: Writing = {
  sorted: false,
  columns: new Map(),
  regexes: [],
  texts: [],
  vertical: false,
  lowercase: false,
}

/** What mysql-tester sets in each session of a TiDB. */
const SESSION = [
  ...["time_zone = 'Asia/Shanghai'", 'tidb_init_chunk_size = 1', 'tidb_max_chunk_size = 32'],
  ...[
    'tidb_multi_statement_mode = 1',
    'tidb_hash_join_concurrency = 1',
    'tidb_enable_pseudo_for_outdated_stats = false',
  ],
  ...['tidb_enable_analyze_snapshot = 1', "tidb_enable_clustered_index = 'int_only'"],
]
const SET_UP = `set ${SESSION.map((assignment) => `@@${assignment}`).join(', ')}`

interface Connected {
  readonly connection: TextConnection
  /** A statement that was sent, whose answer nobody has read. */
  sent?: Promise<TextAnswer> | undefined
}

/** What became of a case: it is as expected, it failed, or there is nothing to be said of it. */
interface Outcome {
  readonly differences: Difference[]
  error?: Error
  skipped?: string
}

/** A file as it was read. */
export interface TestText {
  readonly steps: readonly Step[]
  /** For each case, its step; the end of the file is one more. */
  readonly cases: readonly number[]
  /** How many it has. */
  readonly lines: number
}

/** One `.test` file on its way through a server. */
export class TestRun implements SqlRun {
  readonly #steps: readonly Step[]
  /** For each case, its step; the last is the end of the file. */
  readonly #cases: readonly number[]
  readonly #lines: number
  readonly #stage: Stage
  readonly #expected: ExpectedText
  readonly #recordedBytes: string
  readonly #outcomes = new Map<number, Outcome>()
  readonly #checked = new Set<number>()
  readonly #connections = new Map<string, Connected>()
  readonly #variables = new Map<string, string>()
  #work: Promise<unknown> = Promise.resolve()
  #current = DEFAULT
  #at = 0
  /** What commands printed since the last statement. */
  #printed = ''
  #queryLog = true
  #resultLog = true
  #warnings = false
  #info = false
  #abortOnError = true
  #vertical = false
  #writing: Writing = PLAIN
  #errors: readonly string[] = []
  #sendNext = false
  #concurrent:
    { readonly size: number; readonly statements: { readonly step: number; readonly sql: string }[] } | undefined
  /** Why nothing more is carried out. */
  #stopped: { readonly line: number; readonly error?: Error; readonly reason: string } | undefined

  /** @throws {SqlFileError} if there is no recorded result, and none is to be recorded. */
  constructor({ steps, cases, lines }: TestText, stage: Stage) {
    this.#steps = steps
    this.#cases = cases
    this.#lines = lines
    this.#stage = stage
    this.#recordedBytes = readRecorded(stage)
    this.#expected = new ExpectedText(this.#recordedBytes)
  }

  /** Dials for the first time. */
  async begin(): Promise<void> {
    await this.#connect(DEFAULT, { database: this.#stage.database })
  }

  check(index: number): Promise<string | undefined> {
    const checking = this.#work.then(() => this.#check(index))
    this.#work = checking.catch(() => undefined)
    return checking
  }

  recorded(): { readonly file: string; readonly bytes: Buffer } | undefined {
    const differences = [...this.#checked]
      .sort((one, other) => one - other)
      .flatMap((at) => this.#outcomes.get(at)?.differences ?? [])
    if (differences.length === 0) return undefined
    let text = ''
    let end = 0
    for (const { start, end: next, actual } of differences) {
      text += this.#recordedBytes.slice(end, start) + actual
      end = next
    }
    return { file: this.#stage.resultFile, bytes: Buffer.from(text + this.#recordedBytes.slice(end), 'latin1') }
  }

  async end(): Promise<void> {
    await Promise.all(
      [...this.#connections.values()].map(async ({ connection, sent }) => {
        sent?.catch(() => undefined)
        // One that still waits for an answer says no goodbye.
        if (sent === undefined) await connection.close()
        else connection.destroy()
      }),
    )
  }

  async #check(index: number): Promise<string | undefined> {
    const step = this.#cases[index] ?? this.#steps.length
    const settledAt = this.#steps[step]?.settledAt ?? this.#steps.length
    while (this.#at < settledAt && this.#stopped === undefined) await this.#carryOut()
    if (step === this.#steps.length && this.#stopped === undefined) this.#readEnd(step)
    const outcome = this.#outcomes.get(step)
    if (outcome === undefined) return this.#notReached()
    this.#checked.add(step)
    if (outcome.error !== undefined) throw outcome.error
    const [difference] = outcome.differences
    if (difference === undefined || this.#stage.recording) return outcome.skipped
    throw resultDiffers(this.#placeOf(step), this.#titleOf(step), difference)
  }

  #notReached(): string {
    const { line, error, reason } = this.#stopped ?? { line: 0, reason: 'a condition before it is not met' }
    if (error === undefined) return reason
    // The first that was not reached tells of it.
    this.#stopped = { line, reason }
    throw error
  }

  #placeOf(step: number): Pick<Step, 'file' | 'line'> {
    return this.#steps[step] ?? { file: this.#stage.file, line: this.#lines }
  }

  #titleOf(step: number): string {
    const found = this.#steps[step]
    if (found === undefined) return 'the end of the file'
    return found.kind === 'statement'
      ? found.text
      : found.kind === 'command'
        ? `${found.name} ${found.argument}`
        : found.kind
  }

  async #carryOut(): Promise<void> {
    const index = this.#at
    const step = this.#steps[index]
    if (step === undefined) return
    this.#at += 1
    try {
      if (step.kind === 'goto') this.#at = step.target
      else if (step.kind === 'unless') {
        if (!(await this.#isTrue(step.condition, step))) this.#at = step.target
      } else if (step.kind === 'statement') await this.#statement(index, step.sql, step.text)
      else await this.#command(index, step.name, step.argument, step)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const reason = `not carried out after line ${step.at} failed`
      // What can't be done ends the file: what follows was written for what it does.
      this.#stopped = this.#cases.includes(index) ? { line: step.at, reason } : { line: step.at, error, reason }
      if (this.#cases.includes(index)) this.#outcomeOf(index).error ??= error
    }
  }

  #outcomeOf(step: number): Outcome {
    let outcome = this.#outcomes.get(step)
    if (outcome === undefined) this.#outcomes.set(step, (outcome = { differences: [] }))
    return outcome
  }

  /** Sends a statement, as often as it is come by, and compares what it prints. */
  async #statement(index: number, sql: string, text: string, writing: Partial<Writing> = {}): Promise<void> {
    if (this.#concurrent !== undefined) {
      this.#concurrent.statements.push({ step: index, sql })
      this.#outcomeOf(index)
      return
    }
    const echo = this.#printed + (this.#queryLog ? `${toBytes(text)}\n` : '')
    const connected = this.#currentConnection(index)
    if (this.#sendNext) {
      this.#sendNext = false
      this.#send(connected, sql)
      return this.#compare(index, echo, echo)
    }
    const answer = await this.#ask(index, connected, sql)
    await this.#answered(index, connected, answer, echo, { vertical: this.#vertical, ...writing })
  }

  #send(connected: Connected, sql: string): void {
    const { statementTimeoutMs: withinMs, signal } = this.#stage
    connected.sent = connected.connection.send(sql, { withinMs, signal })
    connected.sent.catch(() => undefined)
  }

  async #answered(
    index: number,
    { connection }: Connected,
    answer: TextAnswer,
    echo: string,
    asked: Partial<Writing>,
  ): Promise<void> {
    const writing = { ...this.#writing, ...asked }
    const outcome = this.#outcomeOf(index)
    let printed = ''
    const { refusal, results } = answer
    this.#variables.set('mysql_errno', String(refusal?.errno ?? 0))
    if (refusal === undefined) {
      if (this.#resultLog) for (const result of results) printed += writeResult(result, writing)
      if (this.#info) {
        const { affectedRows = 0, info = '' } = results.at(-1) ?? {}
        printed += `affected rows: ${affectedRows}\ninfo: ${info}\n`
      }
      if (this.#warnings && !connection.closed) printed += await this.#warningsOf(connection, writing)
      const wanted = this.#errors.filter((error) => error !== '0')
      if (wanted.length > 0 && wanted.length === this.#errors.length) {
        outcome.error ??= this.#fault(index, `it succeeded; expected ${wanted.join(' or ')}: ${this.#titleOf(index)}`)
      }
    } else printed += this.#refused(index, outcome, refusal, writing)
    this.#errors = []
    this.#writing = PLAIN
    this.#compare(index, echo + printed, echo)
  }

  /** What mysql-tester prints of an error; an error that nobody expects fails its statement. */
  #refused(index: number, outcome: Outcome, refusal: Refusal, { regexes }: Writing): string {
    const { errno, sqlState, message } = refusal
    const text = `Error ${errno}${sqlState === '' ? '' : ` (${sqlState})`}: ${message}`
    const shown = `${replaceAll(text, regexes).replaceAll('\r', '')}\n`
    if (this.#errors.length === 0 && !this.#abortOnError) return shown
    const listed = this.#errors.some((error) => isError(error, refusal))
    if (listed) {
      if (this.#errors.length === 1) return shown
      return this.#errors[0] === '0' ? '' : 'Got one of the listed errors\n'
    }
    const wanted = this.#errors.length === 0 ? '' : `; expected ${this.#errors.join(' or ')}`
    outcome.error ??= this.#fault(index, `${toLetters(text)}${wanted}: ${this.#titleOf(index)}`)
    return shown
  }

  async #warningsOf(connection: TextConnection, writing: Writing): Promise<string> {
    const { results } = await connection.send('show warnings', { withinMs: this.#stage.statementTimeoutMs })
    const [warnings] = results
    return warnings === undefined || warnings.rows.length === 0
      ? ''
      : writeResult(warnings, { ...writing, sorted: true })
  }

  #compare(index: number, piece: string, echo: string): void {
    this.#printed = ''
    const outcome = this.#outcomeOf(index)
    const difference = this.#expected.read(piece, echo, () => this.#ahead(this.#at))
    if (difference !== undefined) outcome.differences.push(difference)
  }

  #readEnd(step: number): void {
    const outcome = this.#outcomeOf(step)
    const difference = this.#expected.readRest(this.#printed)
    this.#printed = ''
    if (difference !== undefined) outcome.differences.push(difference)
  }

  /** What the statements from a step on echo, as far as it can be told before they are carried out. */
  *#ahead(from: number): Generator<string | undefined> {
    let queryLog = this.#queryLog
    let echoed = ''
    for (let at = from; at < this.#steps.length; at += 1) {
      const step = this.#steps[at]
      if (step?.kind === 'statement') {
        yield queryLog ? `${echoed}${toBytes(step.text)}\n` : echoed || undefined
        echoed = ''
      } else if (step?.kind === 'command') {
        const { name, argument } = step
        if (name === 'enable_query_log') queryLog = true
        else if (name === 'disable_query_log') queryLog = false
        else if (name === 'echo') echoed += `${toBytes(this.#echoed(argument))}\n`
        else if (SENDING.has(name)) {
          yield queryLog && argument !== '' && !argument.includes('$')
            ? `${echoed}${toBytes(argument)};\n`
            : echoed || undefined
          echoed = ''
        }
      }
    }
    if (echoed !== '') yield echoed
  }

  /** As mysql-tester: a name that nothing but a blank or the end follows is a variable, and the blank goes with it. */
  #echoed(text: string): string {
    return text.replace(/\$([A-Za-z0-9_]+)(?: |$)/g, (_, name: string) => this.#variables.get(name) ?? '')
  }

  /** With every variable that has a value. */
  #expanded(text: string): string {
    return text.replace(/\$([A-Za-z0-9_]+)/g, (whole, name: string) => this.#variables.get(name) ?? whole)
  }

  #fault(index: number, what: string): SqlFileError {
    return new SqlFileError(this.#placeOf(index), what)
  }

  #currentConnection(index: number): Connected {
    const connected = this.#connections.get(this.#current)
    if (connected === undefined) throw this.#fault(index, `there is no connection ${this.#current}`)
    if (connected.sent !== undefined) {
      throw this.#fault(index, `the connection ${this.#current} has a statement under way: reap its answer first`)
    }
    return connected
  }

  /** Asks, and takes the loss of the connection as the answer if it is expected: a statement may kill its own. */
  async #ask(index: number, connected: Connected, sql: string): Promise<TextAnswer> {
    const { statementTimeoutMs: withinMs, signal } = this.#stage
    return this.#orLost(index, connected.connection.send(sql, { withinMs, signal }))
  }

  async #orLost(index: number, answering: Promise<TextAnswer>): Promise<TextAnswer> {
    try {
      return await answering
    } catch (error) {
      const refusal = LOSSES.find((loss) => this.#errors.some((name) => isError(name, loss)))
      if (error instanceof StatementError && refusal !== undefined) return { results: [], refusal }
      if (!(error instanceof TiDBError)) throw error
      throw unanswered(this.#placeOf(index), this.#titleOf(index), error)
    }
  }

  async #connect(name: string, options: { user?: string; password?: string; database?: string }): Promise<void> {
    const connection = await this.#stage.dial({ name, ...options })
    await this.#connections.get(name)?.connection.close()
    this.#connections.set(name, { connection })
    this.#current = name
    // A session whose password has to be changed first takes no settings, and a server of another kind not all of them.
    const { refusal } = await connection.send(SET_UP, { withinMs: this.#stage.statementTimeoutMs })
    if (refusal !== undefined) await connection.send("set time_zone = '+08:00'")
  }

  async #command(index: number, name: CommandName, argument: string, step: Step): Promise<void> {
    switch (name) {
      case 'enable_query_log':
      case 'disable_query_log':
        this.#queryLog = name === 'enable_query_log'
        return
      case 'enable_result_log':
      case 'disable_result_log':
        this.#resultLog = name === 'enable_result_log'
        return
      case 'enable_warnings':
      case 'disable_warnings':
        this.#warnings = name === 'enable_warnings'
        return
      case 'enable_info':
      case 'disable_info':
        this.#info = name === 'enable_info'
        return
      case 'enable_abort_on_error':
      case 'disable_abort_on_error':
        this.#abortOnError = name === 'enable_abort_on_error'
        return
      case 'vertical_results':
      case 'horizontal_results':
        this.#vertical = name === 'vertical_results'
        return
      case 'sorted_result':
        this.#writing = { ...this.#writing, sorted: true }
        return
      case 'lowercase_result':
        this.#writing = { ...this.#writing, lowercase: true }
        return
      case 'replace_column':
        this.#writing = { ...this.#writing, columns: columnsOf(argument, () => this.#fault(index, COLUMNS)) }
        return
      case 'replace_result':
        this.#writing = { ...this.#writing, texts: pairsOf(argument, () => this.#fault(index, TEXTS)) }
        return
      case 'replace_regex':
        try {
          this.#writing = { ...this.#writing, regexes: parseReplaceRegex(argument) }
        } catch (cause) {
          throw new SqlFileError(step, `replace_regex can't be used: ${(cause as Error).message}: ${argument}`, {
            cause,
          })
        }
        return
      case 'error':
        this.#errors = this.#errorsOf(index, argument)
        return
      case 'echo':
        this.#printed += `${toBytes(this.#echoed(argument))}\n`
        return
      case 'connect':
        return this.#connectAs(index, argument)
      case 'connection':
        if (!this.#connections.has(argument)) throw this.#fault(index, `there is no connection ${argument}`)
        this.#current = argument
        return
      case 'disconnect':
      case 'dirty_close':
        return this.#disconnect(index, argument, name === 'dirty_close')
      case 'reset_connection':
        await this.#connections.get(this.#current)?.connection.close()
        return this.#connect(this.#current, { database: this.#stage.database })
      case 'ping':
        await this.#ask(index, this.#currentConnection(index), 'select 1')
        return
      case 'let':
        return this.#let(index, argument)
      case 'inc':
      case 'dec':
        return this.#count(index, argument, name === 'inc' ? 1 : -1)
      case 'query':
        return this.#statement(index, argument, `${argument};`)
      case 'query_vertical':
      case 'query_horizontal':
        return this.#statement(index, argument, `${argument};`, { vertical: name === 'query_vertical' })
      case 'eval': {
        const sql = this.#expanded(argument)
        return this.#statement(index, sql, `${sql};`)
      }
      case 'send':
      case 'send_eval': {
        this.#sendNext = true
        const sql = name === 'send' ? argument : this.#expanded(argument)
        return sql === '' ? undefined : this.#statement(index, sql, `${sql};`)
      }
      case 'reap':
        return this.#reap(index)
      case 'sleep':
      case 'real_sleep':
        return this.#sleep(index, argument)
      case 'exec':
        return this.#exec(index, argument, step)
      case 'remove_file':
        demandAllowed(this.#stage.allowExec, step, 'remove_file removes a file of this machine')
        rmSync(resolve(dirname(this.#stage.file), this.#expanded(argument)), { force: false })
        return
      case 'character_set':
        if (/^utf-?8/i.test(argument)) return
        throw this.#fault(index, `files are read as UTF-8, and not as ${argument}`)
      case 'skip':
      case 'exit':
        this.#stopped = {
          line: step.at,
          reason: name === 'skip' ? argument || 'the file skips the rest' : 'the file ends before',
        }
        return
      case 'die':
        throw this.#fault(index, `the file dies here: ${this.#expanded(argument)}`)
      case 'begin_concurrent':
        this.#concurrent = { size: this.#sizeOf(index, argument), statements: [] }
        return
      case 'end_concurrent':
        return this.#runConcurrent(index)
      case 'source':
        throw this.#fault(index, 'source was not read')
    }
  }

  #errorsOf(index: number, argument: string): readonly string[] {
    const errors = argument
      .split(',')
      .map((error) => error.trim())
      .filter(Boolean)
    if (errors.length === 0) throw this.#fault(index, 'error needs the number or name of an error, such as 1146')
    return errors
  }

  async #connectAs(index: number, argument: string): Promise<void> {
    const [, list] = /^\((.*)\)$/s.exec(argument) ?? []
    if (list === undefined) throw this.#fault(index, 'connect needs (name, host, user, password, database)')
    const [name = '', host = '', user = '', password = '', database = ''] = list
      .split(',')
      .map((part) => this.#expanded(part.trim()))
    if (name === '') throw this.#fault(index, 'connect needs a name for the connection')
    if (!HERE.has(host)) throw this.#fault(index, `a connection is to the server of the file, and not to ${host}`)
    const { file, line } = this.#placeOf(index)
    const errors = this.#errors
    this.#errors = []
    try {
      await this.#connect(name, { user, password, ...(database !== '' && { database }) })
    } catch (error) {
      const { errno = 0, code } = answerOf(error)
      if (errors.some((each) => isError(each, { errno, code }))) return
      const wanted = errors.length === 0 ? '' : `; expected ${errors.join(' or ')}`
      throw new SqlFileError({ file, line }, `connection ${name} as ${user} was refused${wanted}`, {
        answer: answerOf(error),
        cause: error,
      })
    }
    if (errors.length > 0 && !errors.includes('0')) {
      throw this.#fault(index, `connection ${name} was made; expected ${errors.join(' or ')}`)
    }
  }

  async #disconnect(index: number, name: string, dirty: boolean): Promise<void> {
    const connected = this.#connections.get(name)
    if (connected === undefined) throw this.#fault(index, `there is no connection ${name}`)
    this.#connections.delete(name)
    if (dirty || connected.sent !== undefined) connected.connection.destroy()
    else await connected.connection.close()
    this.#current = DEFAULT
  }

  async #let(index: number, argument: string): Promise<void> {
    const [, name = '', value = ''] = /^\$?(\w+)\s*=\s*([^]*)$/.exec(argument) ?? []
    if (name === '') throw this.#fault(index, 'let needs a name and a value, such as: let $n = 1')
    this.#variables.set(name, await this.#value(index, value.trim()))
  }

  /** A text with its variables, or the first value that a statement in backticks returns. */
  async #value(index: number, text: string): Promise<string> {
    const [, sql] = /^`([^]*)`$/.exec(text) ?? []
    if (sql === undefined) return this.#expanded(text)
    const { results, refusal } = await this.#ask(index, this.#currentConnection(index), this.#expanded(sql))
    if (refusal !== undefined) {
      throw this.#fault(
        index,
        `the statement in backticks failed: Error ${refusal.errno}: ${toLetters(refusal.message)}`,
      )
    }
    const row = results.find(({ columns }) => columns.length > 0)?.rows[0]
    return toLetters((row ?? []).map((value) => value ?? 'NULL').join('\t'))
  }

  #count(index: number, argument: string, step: number): void {
    const [, name = ''] = /^\$?(\w+)$/.exec(argument) ?? []
    const value = Number(this.#variables.get(name) ?? Number.NaN)
    if (!Number.isInteger(value)) throw this.#fault(index, `${argument || 'it'} holds no whole number`)
    this.#variables.set(name, String(value + step))
  }

  /** A condition of mysqltest: `$n`, `!$n`, `$n < 3`, or a statement in backticks; 0 and the empty text are false. */
  async #isTrue(condition: string, { file, line }: Step): Promise<boolean> {
    const index = this.#at - 1
    const [, left = '', operator, right = ''] = /^([^]*?)\s*(==|!=|<=|>=|<|>)\s*([^]*)$/.exec(condition) ?? []
    if (operator === undefined || condition.startsWith('`')) {
      const negated = condition.startsWith('!')
      const value = (await this.#value(index, condition.slice(negated ? 1 : 0).trim())).trim()
      return (value !== '' && value !== '0' && !value.startsWith('$')) !== negated
    }
    const [one, other] = [unquoted(await this.#value(index, left)), unquoted(await this.#value(index, right))]
    if (operator === '==') return one === other
    if (operator === '!=') return one !== other
    const [a, b] = [Number(one), Number(other)]
    if (Number.isNaN(a) || Number.isNaN(b)) {
      throw new SqlFileError({ file, line }, `${operator} compares numbers, and not ${one} with ${other}`)
    }
    return operator === '<' ? a < b : operator === '>' ? a > b : operator === '<=' ? a <= b : a >= b
  }

  async #reap(index: number): Promise<void> {
    const connected = this.#connections.get(this.#current)
    const sent = connected?.sent
    if (connected === undefined || sent === undefined)
      throw this.#fault(index, `the connection ${this.#current} has sent nothing`)
    connected.sent = undefined
    const answer = await this.#orLost(index, sent)
    await this.#answered(index, connected, answer, this.#printed, { vertical: this.#vertical })
  }

  async #sleep(index: number, argument: string): Promise<void> {
    const seconds = Number(this.#expanded(argument))
    if (!(seconds >= 0 && seconds * 1_000 <= this.#stage.statementTimeoutMs)) {
      throw this.#fault(
        index,
        `sleep needs seconds, at most ${this.#stage.statementTimeoutMs / 1_000}, and not ${argument}`,
      )
    }
    await delay(seconds * 1_000, undefined, { signal: this.#stage.signal })
  }

  async #exec(index: number, argument: string, step: Step): Promise<void> {
    const { allowExec, statementTimeoutMs: timeout, signal, file } = this.#stage
    demandAllowed(allowExec, step, 'exec runs a program on this machine')
    const echo = this.#printed
    const run = promisify(execFile)('/bin/sh', ['-c', this.#expanded(argument)], {
      ...{ cwd: dirname(file), env: childEnv('command'), timeout, signal },
      encoding: 'latin1',
    })
    const { stdout } = await run
    this.#compare(index, echo + (this.#resultLog ? stdout : ''), echo)
  }

  #sizeOf(index: number, argument: string): number {
    const size = argument === '' ? 8 : Number(argument)
    if (!Number.isInteger(size) || size < 1)
      throw this.#fault(index, `begin_concurrent needs a number, and not ${argument}`)
    return size
  }

  /** Sends what stands between begin_concurrent and here, over so many connections at once; what comes back is not printed. */
  async #runConcurrent(index: number): Promise<void> {
    const { size, statements } = this.#concurrent ?? { size: 0, statements: [] }
    if (this.#concurrent === undefined) throw this.#fault(index, 'end_concurrent without begin_concurrent')
    this.#concurrent = undefined
    const errors = this.#errors
    this.#errors = []
    const { statementTimeoutMs: withinMs, signal, database } = this.#stage
    await Promise.all(
      Array.from({ length: Math.min(size, statements.length) }, async (_, worker) => {
        const connection = await this.#stage.dial({ name: `concurrent ${worker + 1}`, database })
        try {
          await connection.send(SET_UP, { withinMs })
          for (const { step, sql } of statements.filter((_each, at) => at % size === worker)) {
            const { refusal } = await connection.send(sql, { withinMs, signal })
            if (refusal === undefined || errors.some((error) => isError(error, refusal))) continue
            const text = `Error ${refusal.errno}: ${toLetters(refusal.message)}: ${this.#titleOf(step)}`
            this.#outcomeOf(step).error ??= this.#fault(step, text)
          }
        } finally {
          await connection.close()
        }
      }),
    )
  }
}

const COLUMNS = 'replace_column needs numbers from 1, each with a text: replace_column 1 # 3 <time>'
const TEXTS = 'replace_result needs texts in pairs: replace_result from to'
const HERE = new Set(['', 'localhost', '127.0.0.1'])
/** How clients of MySQL call a connection that is lost with a statement, or before it. */
const LOSSES: readonly Refusal[] = [
  SERVER_LOST,
  { errno: 2006, code: 'CR_SERVER_GONE_ERROR', sqlState: 'HY000', message: 'Server has gone away' },
]
/** Commands that are cases, as they send something and may print. */
export const SENDING: ReadonlySet<CommandName> = new Set([
  ...(['eval', 'query', 'query_vertical', 'query_horizontal', 'send', 'send_eval', 'reap', 'exec'] as const),
])

function readRecorded({ resultFile, recording, file }: Stage): string {
  let text: string
  try {
    text = readFileSync(resultFile, 'latin1')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && recording) return ''
    throw new SqlFileError({ file, line: 1 }, `its recorded result can't be read: ${resultFile}`, {
      hints: ['record it with vitest -u, and read what was recorded'],
      cause,
    })
  }
  if (recording || !/\r\n/.test(text) || /(?<!\r)\n/.test(text)) return text
  throw new SqlFileError({ file: resultFile, line: 1 }, 'its lines end with CR LF, as no result of a server does', {
    hints: ['convert it to LF, and keep git from changing it: *.result -text in .gitattributes'],
  })
}

function columnsOf(argument: string, fault: () => Error): ReadonlyMap<number, string> {
  return new Map(
    pairsOf(argument, fault).map(([column, text]) => {
      if (!/^[1-9]\d*$/.test(column)) throw fault()
      return [Number(column), toBytes(text)]
    }),
  )
}

/** Words in pairs; one may stand in quotes. */
function pairsOf(argument: string, fault: () => Error): (readonly [string, string])[] {
  const words = [...argument.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
  if (words.length === 0 || words.length % 2 === 1) throw fault()
  return Array.from({ length: words.length / 2 }, (_, at) => [words[2 * at] ?? '', words[2 * at + 1] ?? ''] as const)
}

function unquoted(text: string): string {
  return /^(['"])([^]*)\1$/.exec(text)?.[2] ?? text
}
