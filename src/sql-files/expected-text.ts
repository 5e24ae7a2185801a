/** Part of a recorded result that is not what it should be: `start` to `end` of it would have to be `text`. */
export interface Difference {
  readonly start: number
  readonly end: number
  readonly expected: string
  readonly actual: string
}

/** How many statements ahead are tried to find out where the result of one ends. */
const MOST_AHEAD = 64
/** How many of them that are found tell where it ends. */
const ENOUGH = 3

/**
 * A recorded result, read from its beginning, one piece for each statement. After a piece that differs, it is read on from
 * where the next statement is echoed: a difference is that of one statement.
 */
export class ExpectedText {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** What was not read yet. */
  get rest(): string {
    return this.#text.slice(this.#at)
  }

  /**
   * Reads the piece of one statement.
   *
   * @param piece what the statement printed. @param echo what of that was known before it was carried out.
   * @param ahead what the statements after it echo, in order; undefined stands for one that echoes nothing.
   * @returns how it differs; undefined if it does not.
   */
  read(piece: string, echo: string, ahead: () => Iterator<string | undefined>): Difference | undefined {
    const start = this.#at
    if (this.#text.startsWith(piece, start)) {
      this.#at = start + piece.length
      const next = this.#surplus(this.#at, ahead)
      if (next === undefined) return undefined
      this.#at = next
      return this.#difference(start, piece)
    }
    const own = this.#own(start, echo, ahead())
    const from = own === undefined ? start : own + echo.length
    this.#at = this.#find(ahead(), from) ?? from
    return this.#difference(start, piece)
  }

  /** Reads all that is left. */
  readRest(piece: string): Difference | undefined {
    const start = this.#at
    this.#at = this.#text.length
    return this.#text.slice(start) === piece ? undefined : this.#difference(start, piece)
  }

  #difference(start: number, actual: string): Difference {
    return { start, end: this.#at, expected: this.#text.slice(start, this.#at), actual }
  }

  /** Where more ends that was recorded of a statement than it printed: the next is found further on. */
  #surplus(at: number, ahead: () => Iterator<string | undefined>): number | undefined {
    if (at === this.#text.length) return undefined
    const following = ahead()
    const { done, value: first } = following.next()
    // What is left over at the end is told there; what a statement without an echo prints is not known.
    if (done === true || first === undefined || this.#text.startsWith(first, at)) return undefined
    const next = this.#lineFrom(first, at)
    const other = this.#find(following, at)
    // Another one comes before it: what stands here was recorded in its place.
    return next === undefined || (other !== undefined && other < next) ? undefined : next
  }

  /** Where a statement itself is echoed: here, or further on if something stands here that no statement printed. */
  #own(at: number, echo: string, ahead: Iterator<string | undefined>): number | undefined {
    if (this.#text.startsWith(echo, at)) return at
    const own = this.#lineFrom(echo, at)
    if (own === undefined) return undefined
    const next = this.#find(ahead, at)
    return next !== undefined && next < own ? undefined : own
  }

  /** Where what follows begins: the nearest of the first few that are there at all; the end, if nothing follows. */
  #find(ahead: Iterator<string | undefined>, from: number): number | undefined {
    let nearest: number | undefined
    let found = 0
    for (let tried = 0; tried < MOST_AHEAD && found < ENOUGH && nearest !== from; tried += 1) {
      const { done, value } = ahead.next()
      if (done === true) return tried === 0 ? this.#text.length : nearest
      if (value === undefined) continue
      const at = this.#lineFrom(value, from)
      if (at === undefined) continue
      found += 1
      nearest = Math.min(at, nearest ?? at)
    }
    return nearest
  }

  /** Where a text begins a line, from a place on that begins one. */
  #lineFrom(text: string, from: number): number | undefined {
    if (text === '') return undefined
    if (this.#text.startsWith(text, from)) return from
    const at = this.#text.indexOf(`\n${text}`, Math.max(0, from - 1))
    return at === -1 ? undefined : at + 1
  }
}
