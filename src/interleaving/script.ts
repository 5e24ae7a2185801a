import { ConfigError } from '../errors.ts'
import type { InterleavingPlan } from './plan.ts'

/** A plan, with the one order in which a script has its statements. */
export interface Script {
  readonly plan: InterleavingPlan
  readonly order: readonly string[]
}

/** `statement; statement; -- T1. What it shows` */
const LINE = /^(?<sql>.*?);?\s*--\s*(?<session>[A-Za-z]\w*)\b(?<note>.*)$/
const EMPTY = /^\s*(?:$|--|#|```)/

/**
 * Reads a script as collections of isolation tests write them: a statement a line, with the session in a comment behind
 * it. Its steps are numbered from `1`; a line with several statements has as many steps.
 *
 * @throws {ConfigError} that names the line which has no session.
 * @example
 * const { plan, order } = parseScript(`
 *   begin; -- T1
 *   begin; -- T2
 *   update test set value = 11 where id = 1; -- T1
 *   update test set value = 12 where id = 1; -- T2, BLOCKS
 *   commit; -- T1
 *   commit; -- T2
 * `)
 */
export function parseScript(text: string, rest: Omit<InterleavingPlan, 'sessions'> = {}): Script {
  const sessions: Record<string, { steps: Record<string, string> }> = {}
  const order: string[] = []
  for (const [at, line] of text.split('\n').entries()) {
    if (EMPTY.test(line)) continue
    const { sql, session } = LINE.exec(line.trim())?.groups ?? {}
    if (sql === undefined || session === undefined) {
      throw new ConfigError(['script'], `line ${at + 1} of the script names no session: ${line.trim()}`, {
        hints: ['write the session in a comment behind the statement: update t set v = 1; -- T1'],
      })
    }
    for (const statement of statementsIn(sql)) {
      const step = String(order.length + 1)
      const own = (sessions[session] ??= { steps: {} })
      own.steps[step] = statement
      order.push(step)
    }
  }
  return { plan: { ...rest, sessions }, order }
}

/** Statements between semicolons; those in quotes separate nothing. */
function statementsIn(sql: string): string[] {
  const parts = sql.match(/(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|[^;'"`])+/g) ?? []
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}
