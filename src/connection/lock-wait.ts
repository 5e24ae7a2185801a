import type { TiDBConnection } from './connection.ts'

/** A statement that waits for a lock, by the server's own account. */
export interface LockWait {
  /** The server's number for the connection that waits. */
  readonly connectionId: number
  /**
   * `row`: a lock on a row; `metadata`: DDL that waits for transactions on its table to end; `queue`: DDL that waits for
   * other DDL to end.
   */
  readonly kind: 'row' | 'metadata' | 'queue'
  /** Connections that hold what it waits for, as the server names them. */
  readonly holders: readonly number[]
  /** Connections of which the server does not say whether they hold it too. Not empty if `holders` is. */
  readonly maybe: readonly number[]
}

/** What the server's account does not tell of a statement, and why. */
export interface LockDoubt {
  readonly connectionId: number
  /** Why, as the end of a sentence: `the user app may not read …`. */
  readonly doubt: string
  /** True if the account can't be had at all: then nothing is known of the statement even once it has ended. */
  readonly lasting: boolean
}

/** A statement under way, and the server's number for its connection. */
export interface RunningStatement {
  readonly connectionId: number
  /** Undefined if it is not known here, and the server has to be asked. */
  readonly sql: string | undefined
}

/** What a server says of a statement: that it waits, that this can't be known, or nothing of the kind. */
export type LockAccount = LockWait | LockDoubt | undefined

/** How one kind of server tells who waits. */
export type LockWaitSource = (connection: TiDBConnection, statement: RunningStatement) => Promise<LockAccount>
