import { isError } from './expected-error.ts'
import { toLetters } from './result-text.ts'
import type { Stage } from './script.ts'
import { SqlFileError } from './sql-file-error.ts'
import { titleOf, type Step } from './test-command.ts'
import { dialSession } from './test-connections.ts'

/** A statement that is sent beside others. */
export interface Concurrent {
  readonly step: Step
  readonly sql: string
}

/**
 * Sends statements over so many connections at once; what comes back is not printed.
 *
 * @param errors what they may fail with. @param fail is told of one that fails with another.
 */
export async function runConcurrent<Each extends Concurrent>(
  statements: readonly Each[],
  size: number,
  { stage, errors }: { readonly stage: Stage; readonly errors: readonly string[] },
  fail: (statement: Each, error: Error) => void,
): Promise<void> {
  const { statementTimeoutMs: withinMs, signal, database } = stage
  await Promise.all(
    Array.from({ length: Math.min(size, statements.length) }, async (_, worker) => {
      const connection = await dialSession(stage, { name: `concurrent ${worker + 1}`, database })
      try {
        for (const statement of statements.filter((_each, at) => at % size === worker)) {
          const { refusal } = await connection.send(statement.sql, { withinMs, signal })
          if (refusal === undefined || errors.some((error) => isError(error, refusal))) continue
          const what = `Error ${refusal.errno}: ${toLetters(refusal.message)}: ${titleOf(statement.step)}`
          fail(statement, new SqlFileError(statement.step, what))
        }
      } finally {
        await connection.close()
      }
    }),
  )
}
