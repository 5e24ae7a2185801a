import type { Refusal, TextAnswer, TextConnection } from '../connection/text-connection.ts'
import { isError } from './expected-error.ts'
import { replaceAll, toBytes, toLetters, writeResult, type Writing } from './result-text.ts'

const PLAIN: Writing = {
  sorted: false,
  columns: new Map(),
  regexes: [],
  texts: [],
  vertical: false,
  lowercase: false,
}

/** What a statement printed, and what is wrong with how it went. */
export interface Printed {
  readonly text: string
  readonly fault?: string
}

/** What is printed of each statement, as the commands before it have it. */
export class Printing {
  queryLog = true
  resultLog = true
  warnings = false
  info = false
  abortOnError = true
  vertical = false
  /** How the next result is written. */
  next: Partial<Writing> = {}
  /** What the next statement may fail with. */
  errors: readonly string[] = []
  /** What commands printed since the last statement. */
  #before = ''

  print(text: string): void {
    this.#before += text
  }

  /** What is there before a statement is answered: what commands printed, and the statement. */
  echo(statement: string): string {
    return this.taken() + (this.queryLog ? `${toBytes(statement)}\n` : '')
  }

  /** What commands printed since the last statement. */
  taken(): string {
    const before = this.#before
    this.#before = ''
    return before
  }

  /** What a file expects of the errors of the next statement, which then expects none any more. */
  takenErrors(): readonly string[] {
    const { errors } = this
    this.errors = []
    return errors
  }

  /** What is printed of an answer; what was asked for the next result is used up with it. */
  async answered(
    { results, refusal }: TextAnswer,
    connection: TextConnection,
    own: Partial<Writing>,
    withinMs: number,
  ): Promise<Printed> {
    const writing = { ...PLAIN, vertical: this.vertical, ...this.next, ...own }
    const errors = this.takenErrors()
    this.next = {}
    if (refusal !== undefined) return this.#refused(refusal, errors, writing)
    let text = ''
    if (this.resultLog) for (const result of results) text += writeResult(result, writing)
    if (this.info) {
      const { affectedRows = 0, info = '' } = results.at(-1) ?? {}
      text += `affected rows: ${affectedRows}\ninfo: ${info}\n`
    }
    if (this.warnings && !connection.closed) {
      const [warnings] = (await connection.send('show warnings', { withinMs, aside: true })).results
      if (warnings !== undefined && warnings.rows.length > 0)
        text += writeResult(warnings, { ...writing, sorted: true })
    }
    if (errors.length === 0 || errors.includes('0')) return { text }
    return { text, fault: `it succeeded; expected ${errors.join(' or ')}` }
  }

  /** What mysql-tester prints of an error; an error that nobody expects fails its statement. */
  #refused(refusal: Refusal, errors: readonly string[], { regexes }: Writing): Printed {
    const { errno, sqlState, message } = refusal
    const whole = `Error ${errno}${sqlState === '' ? '' : ` (${sqlState})`}: ${message}`
    const text = `${replaceAll(whole, regexes).replaceAll('\r', '')}\n`
    if (errors.length === 0 && !this.abortOnError) return { text }
    if (errors.some((error) => isError(error, refusal))) {
      return { text: errors.length === 1 ? text : errors[0] === '0' ? '' : 'Got one of the listed errors\n' }
    }
    return { text, fault: `${toLetters(whole)}${errors.length === 0 ? '' : `; expected ${errors.join(' or ')}`}` }
  }
}
