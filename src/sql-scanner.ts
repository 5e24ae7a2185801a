/** A quoted text, or what is left of one. */
export interface Literal {
  /** Where what is between the quotes begins and ends, and where the quotes end. */
  readonly from: number
  readonly to: number
  readonly end: number
}

const WORD = /[A-Za-z_][\w$]*/y
const INTRODUCER = /(?:_[a-z]\w*|[nxb](?=\\*'))/iy
const HEX = /0x[\da-f]+/iy
const SPACES = /\s+/y
/** What a space or a comment begins with. */
const BLANK = /[\s/#-]/
const OPENER = /(\\*)(['"])/y

/** Finds words, comments and quoted texts in SQL, or in a text that quotes some. Takes time in proportion to the text. */
export class SqlScanner {
  readonly text: string
  readonly #blankUntil = new Map<number, number>()
  #closeFrom = 0
  #close = 0

  constructor(text: string) {
    this.text = text
  }

  /** Past spaces and comments. */
  skipBlank(at: number): number {
    if (!BLANK.test(this.text[at] ?? '')) return at
    // One space is the usual case.
    if (this.text[at] === ' ' && !BLANK.test(this.text[at + 1] ?? '')) return at + 1
    const passed: number[] = []
    let place = at
    for (;;) {
      const known = this.#blankUntil.get(place)
      if (known !== undefined) {
        place = known
        break
      }
      passed.push(place)
      const next = this.#pastOne(place)
      if (next === place) break
      place = next
    }
    for (const start of passed) this.#blankUntil.set(start, place)
    return place
  }

  /** A keyword or name; empty if there is none. */
  word(at: number): string {
    return matched(WORD, this.text, at)
  }

  /** A number in hexadecimal; empty if there is none. */
  hex(at: number): string {
    return matched(HEX, this.text, at)
  }

  /**
   * A quoted text: `'…'`, `"…"`, with an introducer such as `_utf8mb4` or `x`, and as texts hold it that were quoted once
   * more, `\"…\"` or `''…''`. One that is not closed ends with the text.
   */
  literal(at: number): Literal | undefined {
    const { text } = this
    const introducer = matched(INTRODUCER, text, at)
    const start = introducer === '' ? at : this.skipBlank(at + introducer.length)
    OPENER.lastIndex = start
    const [opener, slashes = '', quote = ''] = OPENER.exec(text) ?? []
    if (opener === undefined) return undefined
    const from = start + opener.length
    if (slashes !== '') return closedBy(text, from, slashes.length, quote)
    if (text[from] === quote && text[from + 1] !== quote) {
      // Empty, or quoted by doubling its quotes.
      const inside = from + 1
      if (inside >= text.length || /[\s,;)"'`]/.test(text[inside] as string)) return { from, to: from, end: inside }
      const close = text.indexOf(quote + quote, inside)
      return close === -1 ? unclosed(text, inside) : { from: inside, to: close, end: close + 2 }
    }
    return closed(text, from, quote)
  }

  /** Past a name in backticks, or a single character. */
  pastOther(at: number): number {
    if (this.text[at] !== '`') return at + 1
    const close = this.text.indexOf('`', at + 1)
    return close === -1 ? this.text.length : close + 1
  }

  #pastOne(at: number): number {
    const { text } = this
    const spaces = matched(SPACES, text, at)
    if (spaces !== '') return at + spaces.length
    if (text.startsWith('/*', at)) {
      const close = this.#closeAfter(at + 2)
      // Carried out by some servers, comments in name only.
      if (text[at + 2] === '!' || text.startsWith('T!', at + 2)) return at
      return close === -1 ? text.length : close + 2
    }
    if (text[at] !== '#' && !/^--(?:\s|$)/.test(text.slice(at, at + 3))) return at
    const line = text.indexOf('\n', at)
    return line === -1 ? text.length : line + 1
  }

  /** Kept, as a text may begin comments without end. */
  #closeAfter(at: number): number {
    if (at < this.#closeFrom || (this.#close !== -1 && at > this.#close)) {
      this.#closeFrom = at
      this.#close = this.text.indexOf('*/', at)
    }
    return this.#close
  }
}

function matched(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function unclosed(text: string, from: number): Literal {
  return { from, to: text.length, end: text.length }
}

function closed(text: string, from: number, quote: string): Literal {
  const stop = quote === "'" ? /['\\]/g : /["\\]/g
  let escaped = false
  for (stop.lastIndex = from; ;) {
    const found = stop.exec(text)
    if (found === null) return unclosed(text, from)
    const { index } = found
    if (found[0] === '\\') {
      escaped ||= text[index + 1] === quote
      stop.lastIndex = index + 2
    } else if (text[index + 1] === quote) stop.lastIndex = index + 2
    else {
      // Without backslash escapes it ended before, and a next one may begin within: none of the rest is safe to show.
      if (escaped && /identified|password/i.test(text.slice(from, index))) return unclosed(text, from)
      return { from, to: index, end: index + 1 }
    }
  }
}

/** The end of a text that begins with so many backslashes and a quote, by the same. */
function closedBy(text: string, from: number, depth: number, quote: string): Literal {
  const run = quote === "'" ? /\\*'/g : /\\*"/g
  for (run.lastIndex = from; ;) {
    const found = run.exec(text)
    if (found === null) return unclosed(text, from)
    const slashes = found[0].length - 1
    const { index } = found
    const end = index + found[0].length
    // A shorter one ends the text around it.
    if (slashes < depth) return { from, to: index, end: index }
    if (slashes > depth) continue
    if (!text.startsWith(found[0], end)) return { from, to: index, end }
    run.lastIndex = end + found[0].length
  }
}
