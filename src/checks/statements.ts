import { printable } from '../redact.ts'
import type { Problem } from './finding.ts'

/** Of the statement summaries, a condition that leaves out what belongs to the server. */
export const OF_USERS = `lower(coalesce(schema_name, '')) not in ('mysql', 'sys', 'information_schema')`

/** The same, for statements that read or write a table. */
export const ON_TABLES_OF_USERS = `${OF_USERS} and table_names is not null
        and lower(table_names) not like 'mysql.%' and lower(table_names) not like 'information_schema.%'`

export interface Statement {
  readonly digest: string
  /** Its text, without values. */
  readonly statement: string
}

/** What is wrong with a statement: `what` and its text. */
export function statementProblem(
  { digest, statement }: Statement,
  what: string,
  measured: Required<Pick<Problem, 'observed' | 'limit'>>,
): Problem {
  return {
    subject: { kind: 'statement', name: digest.slice(0, 16) },
    message: `${what}: ${printable(statement)}`,
    ...measured,
  }
}
