import type { Config } from '../config/config.ts'
import { fitToPrint, printable, withoutLiterals } from '../redact.ts'
import { formatStatement, slowestOf, type ShownStatement } from './slowest-statements.ts'
import { traceStatements, type TracedStatement } from './statement-trace.ts'

/** How statements are shown: `full`, without passwords, or `masked`, without any literal. */
type Shown = 'full' | 'masked'

/** Statements of a process: each is printed as it ends, and the slowest are kept. */
class ShownStatements {
  readonly #shown: Shown
  readonly #print: (line: string) => void
  #slowest: ShownStatement[] = []

  constructor(shown: Shown, print: (line: string) => void) {
    this.#shown = shown
    this.#print = print
  }

  /** Prints one, and keeps it if it is among the slowest. */
  add(statement: TracedStatement): void {
    const sql = printable(this.#shown === 'masked' ? withoutLiterals(statement.sql) : statement.sql)
    const { session } = statement
    const shown = { ...statement, sql, session: session === undefined ? undefined : fitToPrint(session) }
    this.#print(formatStatement(shown))
    this.#slowest = slowestOf([...this.#slowest, shown])
  }

  /** The slowest since this was asked for last, the slowest first. */
  takeSlowest(): ShownStatement[] {
    const slowest = this.#slowest
    this.#slowest = []
    return slowest
  }
}

let shown: ShownStatements | undefined

/** Shows the statements of this process from now on, if the settings of the run say so. */
export function showStatements({ showSql }: Pick<Config, 'showSql'>, print: (line: string) => void): void {
  shown = showSql === false ? undefined : new ShownStatements(showSql === true ? 'full' : 'masked', print)
  traceStatements(shown && ((statement) => shown?.add(statement)))
}

/** The slowest since this was called last, the slowest first; none if statements are not shown. */
export function takeSlowest(): ShownStatement[] {
  return shown?.takeSlowest() ?? []
}
