import { performance } from '../clock.ts'
import { firstLine, StatementError } from '../errors.ts'
import { fitToPrint } from '../redact.ts'
import type { Operation, Transaction, TransactionEnd } from './history.ts'
import type { Workload } from './list-append.ts'

/** The session that a transaction is carried out in. */
export interface Runner {
  readonly name: string
  /** `host:port` of its server. */
  readonly host: string | undefined
  query(sql: string, values?: readonly (string | number)[]): Promise<readonly object[]>
}

/**
 * Carries a transaction out and notes what it saw. What a statement fails with ends it: before COMMIT it is rolled back;
 * in COMMIT it depends on whether the server said that it was.
 *
 * @param sinceMs when the history began, by `performance.now()`.
 */
export async function runTransaction(
  runner: Runner,
  planned: readonly Operation[],
  workload: Workload,
  sinceMs: number,
): Promise<Transaction> {
  const operations: Operation[] = []
  const beganMs = performance.now() - sinceMs
  const ended = (end: TransactionEnd, error?: unknown): Transaction => ({
    session: runner.name,
    node: runner.host,
    beganMs,
    endedMs: end === 'unknown' ? undefined : performance.now() - sinceMs,
    operations,
    end,
    ...(error !== undefined && { error: said(error) }),
  })
  try {
    await runner.query('begin')
    for (const operation of planned) {
      // Noted before it is sent: an append that failed in the middle may have been made, and then been rolled back.
      const at = operations.push(operation) - 1
      const { sql, values } = workload.statementOf(operation)
      const rows = await runner.query(sql, values)
      if (operation.kind === 'read') operations[at] = { ...operation, values: elementsOf(rows) }
    }
  } catch (error) {
    // Its COMMIT was never sent; if the connection is gone, the server rolls it back by itself.
    await runner.query('rollback').catch(() => undefined)
    return ended('rolled back', error)
  }
  try {
    await runner.query('commit')
    return ended('committed')
  } catch (error) {
    const isRefused = error instanceof StatementError && error.errno !== undefined && !error.outcomeUnknown
    if (isRefused) await runner.query('rollback').catch(() => undefined)
    return ended(isRefused ? 'rolled back' : 'unknown', error)
  }
}

/** `9007 Write conflict, …`: what the server said, or the driver of the connection. */
function said(error: unknown): string {
  const { errno, code, message } = (error instanceof StatementError ? error.answer : undefined) ?? {}
  return message === undefined ? firstLine(error) : fitToPrint(`${errno ?? code ?? ''} ${message}`.trim())
}

function elementsOf(rows: readonly object[]): number[] {
  const [row] = rows as readonly { readonly elements?: string }[]
  return row?.elements === undefined ? [] : row.elements.split(',').map(Number)
}
