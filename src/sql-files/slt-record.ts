import type { Place } from './sql-file-error.ts'

/**
 * Whose rules hold where they contradict each other. `auto` takes what any of them takes, where that is no contradiction;
 * docs/slt-files.md has what it does elsewhere.
 */
export const dialects = ['auto', 'sqlite', 'sqllogictest-rs', 'duckdb', 'cockroachdb'] as const
export type SltDialect = (typeof dialects)[number]

export const sortModes = ['nosort', 'rowsort', 'valuesort'] as const
export type SortMode = (typeof sortModes)[number]

export type ResultMode = 'rowwise' | 'valuewise'

/** What an error has to be like. */
export type ExpectedError =
  | { readonly kind: 'any' }
  /** `message`: what its message has to match, too. */
  | { readonly kind: 'state'; readonly state: string; readonly message?: RegExp | undefined }
  | { readonly kind: 'matches'; readonly pattern: RegExp }
  /** All of the message, or part of it. */
  | { readonly kind: 'equals' | 'contains'; readonly text: string }

/** How long something is tried again. */
export interface Retry {
  readonly attempts: number
  readonly backoffMs: number
}

/** Lines of a file: where what is expected stands, from 0. */
export interface ExpectedLines {
  /** The directive. */
  readonly directive: number
  /** The line of four dashes; where it would have to be, if there is none. */
  readonly delimiter: number
  readonly hasDelimiter: boolean
  /** The first line that is not expected any more. */
  readonly end: number
}

/** What every record has. */
interface Common {
  readonly place: Place
  /** Line of the file that was asked for, which may include the one that the record is in. */
  readonly at: number
  /** What its test is called besides its line and its SQL: its subtest, where it is included from, values of its loops. */
  readonly context: string
  readonly dialect: SltDialect
  /** Why it is not carried out. */
  readonly skipped: string | undefined
  /** Where its result can be recorded; undefined of a record in a loop, or of another file. */
  readonly lines: ExpectedLines | undefined
  readonly retry: Retry | undefined
}

interface Sent extends Common {
  readonly sql: string
  /** Of its connection; `default` if it names none. */
  readonly connection: string
  /** Who is to be connected; undefined: the user of the run. */
  readonly user: string | undefined
  readonly substitution: boolean
}

export interface StatementRecord extends Sent {
  readonly kind: 'statement'
  /** What has to become of it: `maybe` takes success, too. */
  readonly expected:
    | { readonly kind: 'ok' }
    | { readonly kind: 'count'; readonly rows: number }
    | { readonly kind: 'error' | 'maybe'; readonly error: ExpectedError }
}

export interface QueryRecord extends Sent {
  readonly kind: 'query'
  /** A letter for each column. */
  readonly types: string
  readonly sort: SortMode
  /** Columns by which the result is in order, from 1: rows that are the same in them may have any. */
  readonly orderedBy: readonly number[] | undefined
  readonly label: string | undefined
  /** Whether the first line that is expected has the names of the columns. */
  readonly columnNames: boolean
  readonly resultMode: ResultMode | undefined
  /** Above so many values they are recorded as a hash; 0: never. */
  readonly hashThreshold: number
  /** Each character is a byte; undefined if only its label says what it is. */
  readonly expected: readonly string[] | undefined
}

export interface LetRecord extends Sent {
  readonly kind: 'let'
  readonly names: readonly string[]
  /** Whether its names are replaced in every text, not only where substitution is on. */
  readonly everywhere: boolean
}

export interface SystemRecord extends Common {
  readonly kind: 'system'
  readonly command: string
  readonly stdout: string | undefined
  readonly substitution: boolean
}

/** What is carried out between, and is no test. */
export interface PauseRecord extends Common {
  readonly kind: 'sleep'
  readonly ms: number
}

export interface ReconnectRecord extends Common {
  readonly kind: 'reconnect'
}

export interface ForgetRecord extends Common {
  readonly kind: 'forget'
  readonly label: string
}

export type SltRecord =
  StatementRecord | QueryRecord | LetRecord | SystemRecord | PauseRecord | ReconnectRecord | ForgetRecord
