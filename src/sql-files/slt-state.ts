import type { ResultMode, Retry, SltDialect, SortMode } from './slt-record.ts'
import type { Place } from './sql-file-error.ts'

/** What holds for the next record only. */
export interface Next {
  /** Why it is not carried out. */
  readonly skipped?: string
  readonly connection?: string
  readonly retry?: Retry
  readonly repeat?: number
}

/** What the directives before a record say of it. */
export class SltState {
  readonly dialect: SltDialect
  sort: SortMode = 'nosort'
  resultMode: ResultMode | undefined
  hashThreshold = 0
  substitution = false
  user: string | undefined
  subtest = ''
  /** Why what follows is not carried out, to the end: a halt. */
  halted: string | undefined
  /** Why what follows is not carried out for now: `mode skip`. */
  modeSkips: string | undefined
  #next: Next = {}
  #prefixed: Place | undefined

  constructor(dialect: SltDialect) {
    this.dialect = dialect
  }

  get next(): Next {
    return this.#next
  }

  /** Where something stands that is for a record, and none followed yet. */
  get prefixed(): Place | undefined {
    return this.#prefixed
  }

  get skipped(): string | undefined {
    return this.halted ?? this.modeSkips ?? this.#next.skipped
  }

  /** Notes what holds for the next record. */
  prefix(place: Place, next: Next): void {
    this.#prefixed = place
    this.#next = { ...this.#next, ...next }
  }

  /** What holds for the record that is here, and for no other. */
  take(): Next {
    const next = this.#next
    this.#next = {}
    this.#prefixed = undefined
    return next
  }
}
