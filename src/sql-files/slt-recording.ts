import type { ServerAnswer } from '../errors.ts'
import { escaped } from './slt-error-pattern.ts'
import type { ExpectedError, ExpectedLines } from './slt-record.ts'

const DELIMITER = '----'

/** A file whose expected parts are replaced; every other byte of it stays. */
export class SltRecording {
  /** With what ends them, other than the newline. */
  readonly #lines: readonly string[]
  /** For a line, what is there instead of it and so many after it. */
  readonly #edits = new Map<number, { readonly count: number; readonly lines: readonly string[] }>()

  constructor(text: string) {
    this.#lines = text.split('\n')
  }

  get isChanged(): boolean {
    return this.#edits.size > 0
  }

  /** Replaces what stands below the four dashes; writes these, if they are missing. */
  replaceExpected(at: ExpectedLines, expected: readonly string[]): void {
    const { delimiter, hasDelimiter, end } = at
    if (hasDelimiter) this.#replace(delimiter + 1, end, expected)
    else if (expected.length > 0) this.#replace(delimiter, delimiter, [DELIMITER, ...expected])
  }

  replaceInDirective({ directive }: ExpectedLines, pattern: RegExp, text: (...match: string[]) => string): void {
    const line = this.#lines[directive] ?? ''
    this.#replace(directive, directive + 1, [withoutReturn(line).replace(pattern, text)])
  }

  /** Replaces an error by another, in the form that it has. */
  replaceError(at: ExpectedLines, expected: ExpectedError, { message, sqlState = '' }: ServerAnswer): void {
    const text = message.trim()
    if (at.hasDelimiter) return this.replaceExpected(at, text.split('\n'))
    if (expected.kind === 'state') {
      const isBare = expected.message === undefined
      const pattern = isBare ? /(\(|pgcode\s+)[0-9A-Za-z]+/ : /(pgcode\s+)[0-9A-Za-z]+.*$/
      const rest = isBare ? '' : ` ${escaped(oneLine(text))}`
      return this.replaceInDirective(at, pattern, (_, before) => `${before}${sqlState}${rest}`)
    }
    this.replaceInDirective(at, /(\berror\s+)\S.*$/, (_, before) => `${before}${escaped(oneLine(text))}`)
  }

  text(): string {
    const all: string[] = []
    // One further than the last line: something may be added there.
    for (let at = 0; at <= this.#lines.length;) {
      const { count, lines } = this.#edits.get(at) ?? { count: 0, lines: [] }
      all.push(...lines)
      if (count === 0 && at < this.#lines.length) all.push(this.#lines[at] ?? '')
      at += Math.max(1, count)
    }
    return all.join('\n')
  }

  #replace(from: number, to: number, texts: readonly string[]): void {
    // As the lines around it end.
    const end = this.#lines[Math.max(0, from - 1)]?.endsWith('\r') ? '\r' : ''
    this.#edits.set(from, { count: to - from, lines: texts.map((line) => line + end) })
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

/** Of a message of several lines a pattern has the first. */
function oneLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
