import type { TextAnswer } from '../connection/text-connection.ts'
import { ExpectedText, type Difference } from './expected-text.ts'
import { readRecorded } from './recorded-result.ts'
import { toBytes, type Writing } from './result-text.ts'
import type { SqlRun, Stage } from './script.ts'
import { resultDiffers } from './shown-difference.ts'
import { SqlFileError } from './sql-file-error.ts'
import { isCase, titleOf, type Step } from './test-command.ts'
import { handlers, valueOf, type Running } from './test-commands.ts'
import { runConcurrent, type Concurrent } from './test-concurrent.ts'
import { holds } from './test-condition.ts'
import { TestConnections } from './test-connections.ts'
import { Printing } from './test-printing.ts'
import { TestVariables } from './test-variables.ts'

/** What became of a case: it is as expected, or it failed. */
interface Outcome {
  readonly differences: Difference[]
  error?: Error
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
export class TestRun implements SqlRun, Running {
  readonly stage: Stage
  readonly connections: TestConnections
  readonly printing = new Printing()
  readonly variables = new TestVariables()
  readonly #steps: readonly Step[]
  readonly #cases: readonly number[]
  readonly #lines: number
  readonly #expected: ExpectedText
  readonly #recordedBytes: string
  readonly #outcomes = new Map<Step | undefined, Outcome>()
  readonly #checked = new Set<number>()
  #work: Promise<unknown> = Promise.resolve()
  #at = 0
  /** What was sent last is not waited for. */
  #sendNext = false
  #concurrent: { readonly size: number; readonly statements: Concurrent[] } | undefined
  /** Why nothing more is carried out. */
  #stopped: { readonly error?: Error; readonly reason: string } | undefined

  /** @throws {SqlFileError} if there is no recorded result, and none is to be recorded. */
  constructor({ steps, cases, lines }: TestText, stage: Stage) {
    this.#steps = steps
    this.#cases = cases
    this.#lines = lines
    this.stage = stage
    this.connections = new TestConnections(stage)
    this.#recordedBytes = readRecorded(stage)
    this.#expected = new ExpectedText(this.#recordedBytes)
  }

  /** Dials for the first time. */
  begin(): Promise<void> {
    return this.connections.open()
  }

  check(index: number): Promise<string | undefined> {
    const checking = this.#work.then(() => this.#check(index))
    this.#work = checking.catch(() => undefined)
    return checking
  }

  recorded(): { readonly file: string; readonly bytes: Buffer } | undefined {
    const differences = [...this.#checked]
      .sort((one, other) => one - other)
      .flatMap((at) => this.#outcomes.get(this.#steps[at])?.differences ?? [])
    if (differences.length === 0) return undefined
    let text = ''
    let end = 0
    for (const { start, end: next, actual } of differences) {
      text += this.#recordedBytes.slice(end, start) + actual
      end = next
    }
    return { file: this.stage.resultFile, bytes: Buffer.from(text + this.#recordedBytes.slice(end), 'latin1') }
  }

  end(): Promise<void> {
    return this.connections.end()
  }

  async statement(step: Step, sql: string, text: string, writing: Partial<Writing> = {}): Promise<void> {
    if (this.#concurrent !== undefined) {
      this.#concurrent.statements.push({ step, sql })
      this.#outcomeOf(step)
      return
    }
    // What can't be sent prints nothing.
    this.connections.current(step)
    const echo = this.printing.echo(text)
    if (this.#sendNext) {
      this.#sendNext = false
      this.connections.send(sql, step)
      return this.#compare(step, echo, echo)
    }
    const answer = await this.connections.ask(sql, step, this.printing.errors)
    await this.#answered(step, answer, echo, writing)
  }

  async send(step: Step, sql: string): Promise<void> {
    this.#sendNext = true
    if (sql !== '') await this.statement(step, sql, `${sql};`)
  }

  async reap(step: Step): Promise<void> {
    const answer = await this.connections.reap(step, this.printing.errors)
    await this.#answered(step, answer, this.printing.taken(), {})
  }

  compare(step: Step, text: string): void {
    const echo = this.printing.taken()
    this.#compare(step, echo + text, echo)
  }

  beginConcurrent(size: number): void {
    this.#concurrent = { size, statements: [] }
  }

  async endConcurrent(step: Step): Promise<void> {
    if (this.#concurrent === undefined) throw new SqlFileError(step, 'end_concurrent without begin_concurrent')
    const { size, statements } = this.#concurrent
    this.#concurrent = undefined
    await runConcurrent(statements, size, { stage: this.stage, errors: this.printing.takenErrors() }, (sent, error) => {
      this.#outcomeOf(sent.step).error ??= error
    })
  }

  stop(reason: string): void {
    this.#stopped = { reason }
  }

  async #check(index: number): Promise<string | undefined> {
    const at = this.#cases[index] ?? this.#steps.length
    const step = this.#steps[at]
    const settledAt = step?.settledAt ?? this.#steps.length
    while (this.#at < settledAt && this.#stopped === undefined) await this.#carryOut()
    if (step === undefined && this.#stopped === undefined) this.#readEnd()
    const outcome = this.#outcomes.get(step)
    if (outcome === undefined) return this.#notReached()
    this.#checked.add(at)
    if (outcome.error !== undefined) throw outcome.error
    const [difference] = outcome.differences
    if (difference === undefined || this.stage.recording) return undefined
    const place = step ?? { file: this.stage.file, line: this.#lines }
    throw resultDiffers(place, step === undefined ? 'the end of the file' : titleOf(step), difference)
  }

  #notReached(): string {
    const { error, reason } = this.#stopped ?? { reason: 'a condition before it is not met' }
    if (error === undefined) return reason
    // The first that was not reached tells of it.
    this.#stopped = { reason }
    throw error
  }

  async #carryOut(): Promise<void> {
    const index = this.#at
    const step = this.#steps[index]
    if (step === undefined) return
    this.#at += 1
    try {
      switch (step.kind) {
        case 'goto':
          this.#at = step.target
          return
        case 'unless':
          if (!(await holds(step.condition, step, (text) => valueOf(this, text, step)))) this.#at = step.target
          return
        case 'statement':
          return await this.statement(step, step.sql, this.#textOf(step))
        case 'command':
          return await handlers[step.name](this, step.argument, step)
      }
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const reason = `not carried out after line ${step.at} failed`
      // What can't be done ends the file: what follows was written for what it does.
      this.#stopped = this.#cases.includes(index) ? { reason } : { error, reason }
      if (this.#cases.includes(index)) this.#outcomeOf(step).error ??= error
    }
  }

  /** As the result has it: with the comment behind it, if it was recorded with that. */
  #textOf({ text, comment }: Step & { readonly kind: 'statement' }): string {
    if (comment === undefined) return text
    const whole = text + comment
    return this.#recordedBytes.includes(`${toBytes(whole)}\n`) ? whole : text
  }

  #outcomeOf(step: Step | undefined): Outcome {
    let outcome = this.#outcomes.get(step)
    if (outcome === undefined) this.#outcomes.set(step, (outcome = { differences: [] }))
    return outcome
  }

  async #answered(step: Step, answer: TextAnswer, echo: string, writing: Partial<Writing>): Promise<void> {
    this.variables.set('mysql_errno', String(answer.refusal?.errno ?? 0))
    const { statementTimeoutMs } = this.stage
    const connection = this.connections.current(step)
    const { text, fault } = await this.printing.answered(answer, connection, writing, statementTimeoutMs)
    if (fault !== undefined) this.#outcomeOf(step).error ??= new SqlFileError(step, `${fault}: ${titleOf(step)}`)
    this.#compare(step, echo + text, echo)
  }

  #compare(step: Step, piece: string, echo: string): void {
    this.stage.onPrinted?.(piece)
    const { differences } = this.#outcomeOf(step)
    const difference = this.#expected.read(piece, echo, () => this.#ahead())
    if (difference !== undefined) differences.push(difference)
  }

  #readEnd(): void {
    const { differences } = this.#outcomeOf(undefined)
    const difference = this.#expected.readRest(this.printing.taken())
    if (difference !== undefined) differences.push(difference)
  }

  /** What the statements after this one echo, as far as it can be told before they are carried out. */
  *#ahead(): Generator<string | undefined> {
    let { queryLog } = this.printing
    let printed = ''
    for (let at = this.#at; at < this.#steps.length; at += 1) {
      const step = this.#steps[at] as Step
      const isCommand = step.kind === 'command'
      if (isCommand && step.name === 'enable_query_log') queryLog = true
      else if (isCommand && step.name === 'disable_query_log') queryLog = false
      else if (isCommand && step.name === 'echo') printed += `${toBytes(this.variables.echoed(step.argument))}\n`
      // Where a block begins or ends, it is not known what is next.
      if (isCommand && !isCase(step)) continue
      yield printed + (queryLog ? this.#echoOf(step) : '') || undefined
      printed = ''
    }
    if (printed !== '') yield printed
  }

  #echoOf(step: Step): string {
    if (step.kind === 'statement') return `${toBytes(this.#textOf(step))}\n`
    if (step.kind !== 'command' || step.argument === '' || step.argument.includes('$')) return ''
    return `${toBytes(step.argument)};\n`
  }
}
