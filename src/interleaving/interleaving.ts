import type { Row, Rows } from '../connection/rows.ts'
import { StatementError, firstLine } from '../errors.ts'

/** The result of one step. */
export interface StepResult {
  readonly step: string
  readonly session: string
  /** The statement; undefined if the step is a function. */
  readonly sql?: string
  /** `blocked` if it was still waiting when the order was over; `unsent` if its session was still waiting. */
  readonly status: 'completed' | 'failed' | 'blocked' | 'unsent'
  /** Whether it had to wait for a lock. */
  readonly waited: boolean
  /** The step after which it went on; undefined if it never waited or never went on. */
  readonly releasedBy?: string
  readonly rows?: Rows<Row>
  readonly error?: unknown
}

/** What became of one order of steps. */
export class Interleaving {
  readonly order: readonly string[]
  readonly steps: readonly StepResult[]
  /** Rows of the plan's `final` query; undefined without one. */
  readonly final: readonly Row[] | undefined

  constructor(order: readonly string[], steps: readonly StepResult[], final: readonly Row[] | undefined) {
    this.order = order
    this.steps = steps
    this.final = final
  }

  /** The order as text: `a1 b1 a2 b2`. */
  get name(): string {
    return this.order.join(' ')
  }

  /** False if a step could not be sent in its place, as the one before it in its session was still waiting. */
  get possible(): boolean {
    return this.steps.every(({ status }) => status !== 'unsent')
  }

  /**
   * The result of each step, in words: `ok`, `1 row` for one written or matched, rows read as `id=1 v=10; id=2 v=20` or
   * `no rows`, `error 9007`;
   * before that `blocked until a2, then …` if it had to wait; `blocked` if it waited to the end. `final` has the
   * rows of the final query.
   */
  get outcome(): Record<string, string> {
    const outcome = Object.fromEntries(this.steps.map((result) => [result.step, describeStep(result)]))
    if (this.final !== undefined) outcome.final = describeRows(this.final)
    return outcome
  }

  /** The result of one step. @throws {TypeError} if there is none of that name. */
  step(name: string): StepResult {
    const result = this.steps.find(({ step }) => step === name)
    if (result === undefined) throw new TypeError(`${this.name} has no step ${JSON.stringify(name)}`)
    return result
  }

  /** A line for each step: what snapshots and reports show. */
  toString(): string {
    const lines = this.steps.map((result) => `  ${result.step} (${result.session}): ${describeStep(result)}`)
    if (this.final !== undefined) lines.push(`  final: ${describeRows(this.final)}`)
    return [this.name, ...lines].join('\n')
  }

  toJSON(): Record<string, string> {
    return this.outcome
  }
}

function describeStep({ status, waited, releasedBy, rows, error, sql = '' }: StepResult): string {
  if (status === 'unsent') return 'not sent'
  if (status === 'blocked') return 'blocked'
  const end = status === 'failed' ? describeError(error) : rows === undefined ? 'ok' : describeResult(rows, sql)
  return waited ? `blocked until ${releasedBy ?? 'the end'}, then ${end}` : end
}

function describeError(error: unknown): string {
  return error instanceof StatementError && error.errno !== undefined
    ? `error ${error.errno}`
    : `error: ${firstLine(error)}`
}

const WRITES = /^\s*(?:insert|update|delete|replace|load)\b/i
const READS = /^\s*\(*\s*(?:select|with|table|values|show)\b/i

function describeResult(rows: Rows<Row>, sql: string): string {
  if (WRITES.test(sql)) return `${rows.affectedRows} row${rows.affectedRows === 1 ? '' : 's'}`
  return rows.length > 0 || READS.test(sql) ? describeRows(rows) : 'ok'
}

/** Rows in one line: `id=1 v=10; id=2 v=20`. */
function describeRows(rows: readonly Row[]): string {
  if (rows.length === 0) return 'no rows'
  return rows
    .map((row) =>
      Object.entries(row)
        .map(([name, value]) => `${name}=${describeValue(value)}`)
        .join(' '),
    )
    .join('; ')
}

function describeValue(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined')
}
