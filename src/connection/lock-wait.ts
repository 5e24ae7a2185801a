import type { TiDBConnection } from './connection.ts'

/** A statement that waits for a lock, by the server's own account. */
export interface LockWait {
  /** The server's number for the connection that waits. */
  readonly connectionId: number
  /** `row`: a lock on a row; `metadata`: a DDL statement that waits for transactions on its table to end. */
  readonly kind: 'row' | 'metadata'
  /** Connections that hold what it waits for. */
  readonly holders: readonly number[]
  /**
   * Whether the server named the holders. Where it does not, they are those whose open transactions wrote to or locked
   * rows of the same tables (for a metadata lock, all that have one open): with one of them, that is the holder; with
   * several, any of them may be.
   */
  readonly certain: boolean
}

/** A statement under way, and the server's number for its connection. */
export interface RunningStatement {
  readonly connectionId: number
  readonly sql: string
}

/** How one kind of server tells who waits. */
export interface LockWaitSource {
  /** One look at these statements. */
  readonly look: (connection: TiDBConnection, statements: readonly RunningStatement[]) => Promise<LockWait[]>
  /** Pause between two looks, in ms. */
  readonly everyMs: number
}
