import { dirname, relative } from 'node:path'
import { DELIMITER, bodyOf, expectedLines, messageOf, type Message } from './slt-body.ts'
import { controls, MOST_RECORDS, tooMany } from './slt-controls.ts'
import { errorPattern, expectedError } from './slt-error-pattern.ts'
import { ownerOf } from './slt-foreign.ts'
import { filesOf } from './slt-include.ts'
import { connectionOf, queryOptions, retryOf } from './slt-query.ts'
import type { ExpectedError, ExpectedLines, Retry, SltDialect, SltRecord, StatementRecord } from './slt-record.ts'
import {
  dialectOf,
  durationOf,
  endOfLoop,
  fault,
  isPlain,
  lineOf,
  linesOf,
  numberOf,
  placeOf,
  readIncluded,
  readPatterns,
  textBehind,
  type Source,
  type Spot,
} from './slt-source.ts'
import { SltState } from './slt-state.ts'
import { toBytes } from './result-text.ts'
import { SqlFileError } from './sql-file-error.ts'

const DEPTH = 16

export interface SltFile {
  readonly records: readonly SltRecord[]
  /** Files that it includes. */
  readonly includes: readonly string[]
  readonly dialect: SltDialect
}

/**
 * Reads a file of sqllogictest. Loops are written out, conditions decided, and what `control` says is noted in each record.
 *
 * @throws {SqlFileError} with the line of what is not supported, or can't be read.
 */
export function parseSlt(text: string, file: string): SltFile {
  const source = { file, lines: linesOf(text), includedAt: undefined, depth: 0 }
  return new SltParser(source).parse()
}

/** Of what a record says itself. */
interface Own {
  readonly retry?: Retry | undefined
  readonly connection?: string | undefined
  readonly lines?: ExpectedLines
}

class SltParser {
  readonly #source: Source
  readonly #records: SltRecord[] = []
  readonly #includes = new Set<string>()
  readonly #state: SltState

  constructor(source: Source) {
    this.#source = source
    this.#state = new SltState(dialectOf(source))
  }

  parse(): SltFile {
    const source = this.#source
    this.#block({ source, at: 0, to: source.lines.length, loops: new Map() })
    const { prefixed, dialect } = this.#state
    if (prefixed !== undefined) throw new SqlFileError(prefixed, 'no record follows that this could be for')
    return { records: this.#records, includes: [...this.#includes], dialect }
  }

  #block(block: Spot): void {
    const { source, to } = block
    for (let { at } = block; at < to;) {
      const line = source.lines[at] ?? ''
      if (line.startsWith('#') || line.trim() === '') at += 1
      else at = this.#directive({ ...block, at })
    }
  }

  /** Reads what begins on a line. @returns the line behind it. */
  #directive(spot: Spot): number {
    const [name = '', ...args] = lineOf(spot).trim().split(/\s+/)
    switch (name) {
      case 'statement':
        return this.#statement(spot, args)
      case 'query':
        return this.#query(spot, args)
      case 'let':
        return this.#let(spot, args)
      case 'system':
        return this.#system(spot, args)
      case 'loop':
      case 'foreach':
        return this.#loop(spot, name, args)
      case 'include':
        this.#include(spot, args)
        break
      case 'sleep':
        this.#push({ ...this.#common(spot), kind: 'sleep', ms: durationOf(spot, args.join(' ')) })
        break
      case 'reconnect':
        this.#push({ ...this.#common(spot), kind: 'reconnect' })
        break
      case 'reset':
        if (args[0] !== 'label' || args.length !== 2) throw fault(spot, 'only labels can be reset: reset label x')
        this.#push({ ...this.#common(spot), kind: 'forget', label: args[1] ?? '' })
        break
      default:
        this.#control(spot, name, args)
    }
    return spot.at + 1
  }

  #control(spot: Spot, name: string, args: readonly string[]): void {
    if (Object.hasOwn(controls, name)) return controls[name]?.(this.#state, spot, args)
    if (name === 'endloop') throw fault(spot, 'endloop without loop or foreach')
    if (name === DELIMITER) throw fault(spot, 'no statement or query stands before this')
    const owner = ownerOf(name)
    if (owner !== undefined) throw fault(spot, `${name} is not supported: it is ${owner}’s own`)
    const hint = 'is an empty line missing before, or one too many within a statement or result?'
    throw fault(spot, `unknown directive ${name}`, [hint])
  }

  #include(spot: Spot, [pattern = '', ...more]: readonly string[]): void {
    const { source, at } = spot
    if (pattern === '' || more.length > 0) throw fault(spot, 'include needs one pattern of files')
    if (source.depth >= DEPTH) throw fault(spot, `files include each other more than ${DEPTH} deep`)
    const files = filesOf(pattern, dirname(source.file))
    if (files.length === 0) throw fault(spot, `no file is called ${pattern}`)
    for (const file of files) {
      this.#includes.add(file)
      const lines = linesOf(readIncluded(spot, file))
      const included = { file, lines, includedAt: source.includedAt ?? at + 1, depth: source.depth + 1 }
      this.#block({ source: included, at: 0, to: lines.length, loops: new Map() })
    }
  }

  #loop(spot: Spot, kind: string, args: readonly string[]): number {
    const end = endOfLoop(spot)
    const [name = '', ...rest] = args
    if (!/^\w+$/.test(name)) throw fault(spot, `${kind} needs the name of a variable`)
    for (const value of kind === 'loop' ? rangeOf(spot, rest) : valuesOf(spot, rest)) {
      this.#block({ ...spot, at: spot.at + 1, to: end, loops: new Map([...spot.loops, [name, value]]) })
      if (this.#records.length > MOST_RECORDS) throw tooMany(spot)
    }
    return end + 1
  }

  #statement(spot: Spot, [outcome = '', ...rest]: readonly string[]): number {
    if (!/^(?:ok|count|error|maybe)$/.test(outcome)) {
      throw fault(spot, `statement is ok, error or count, and not ${outcome === '' ? 'nothing' : outcome}`)
    }
    const body = bodyOf(spot)
    const { retry, others } = retryOf(this.#state, spot, rest)
    const isDuck = this.#state.dialect === 'duckdb'
    let expected: StatementRecord['expected'] = { kind: 'ok' }
    let connection: string | undefined
    let { end } = body
    if (outcome === 'ok' || outcome === 'count') {
      if (outcome === 'ok') connection = connectionOf(this.#state, spot, others)
      else if (others.length !== 1) throw fault(spot, 'statement count needs one number')
      else expected = { kind: 'count', rows: numberOf(spot, 'statement count', others[0] ?? '', 0) }
      if (body.delimiter !== undefined)
        throw fault({ ...spot, at: body.delimiter }, 'a statement has no result, which is for query')
    } else {
      if (outcome === 'maybe' && !isDuck && others.length > 0) {
        throw fault(spot, 'statement maybe has its message below four dashes')
      }
      if (isDuck) connection = connectionOf(this.#state, spot, others)
      const below = messageOf(spot, body, this.#state.dialect)
      const error = errorOf(spot, isDuck ? '' : textBehind(spot, outcome, rest, others), below, isDuck)
      end = below?.end ?? end
      expected = { kind: outcome === 'maybe' ? 'maybe' : 'error', error }
    }
    const lines = expectedLines(spot, body, end)
    this.#push({
      ...this.#sent(spot, { retry, connection, lines }),
      ...{ kind: 'statement', sql: body.sql, expected },
    })
    return end
  }

  #query(spot: Spot, args: readonly string[]): number {
    const [types = '', ...rest] = args
    if (types === 'error') return this.#statement(spot, args)
    if (types === '') throw fault(spot, 'query needs a letter for each column, or error')
    if (!/^[A-Za-z?]+$/.test(types)) throw fault(spot, `${types} are no types: a letter for each column`)
    const { dialect, resultMode, hashThreshold } = this.#state
    const { retry, others } = retryOf(this.#state, spot, rest)
    const body = bodyOf(spot)
    const { connection, ...options } = queryOptions(this.#state, spot, others)
    const wrong = options.orderedBy?.find((column) => column > types.length)
    if (wrong !== undefined) throw fault(spot, `there is no column ${wrong}: its types are ${types}`)
    let { end } = body
    let expected: string[] | undefined = options.label === undefined || dialect === 'sqlite' ? [] : undefined
    if (body.delimiter !== undefined) {
      expected = []
      for (end = body.delimiter + 1; end < spot.to; end += 1) {
        const line = lineOf(spot, end)
        if (line.trim() === '') break
        if (line.includes('REGEX>:')) readPatterns({ ...spot, at: end }, line)
        expected.push(isPlain(line) ? line : toBytes(line))
      }
    }
    const lines = expectedLines(spot, body, end)
    this.#push({
      ...this.#sent(spot, { retry, connection, lines }),
      ...{ kind: 'query', sql: body.sql, types, expected, ...options, resultMode, hashThreshold },
    })
    return end
  }

  #let(spot: Spot, args: readonly string[]): number {
    const { sql, end, delimiter } = bodyOf(spot)
    if (delimiter !== undefined) throw fault({ ...spot, at: delimiter }, 'let takes a result, and expects none')
    const everywhere = args[0]?.startsWith('$') ?? false
    const names = args
      .join(' ')
      .split(',')
      .map((name) => name.trim().replace(/^\$/, ''))
    const wrong = names.find((name) => !/^[A-Za-z_]\w*$/.test(name))
    if (wrong !== undefined) throw fault(spot, wrong === '' ? 'let needs names' : `${wrong} is no name of a variable`)
    this.#push({ ...this.#sent(spot, {}), kind: 'let', sql, names, everywhere })
    return end
  }

  #system(spot: Spot, [outcome, ...rest]: readonly string[]): number {
    if (outcome !== 'ok') throw fault(spot, 'of system there is only system ok')
    const body = bodyOf(spot)
    const { retry, others } = retryOf(this.#state, spot, rest)
    if (others.length > 0) throw fault(spot, `what is ${others.join(' ')} for?`)
    const below = messageOf(spot, body, this.#state.dialect)
    const end = below?.end ?? body.end
    const { substitution } = this.#state
    const common = this.#common(spot, { retry, lines: expectedLines(spot, body, end) })
    this.#push({ ...common, kind: 'system', command: body.sql, stdout: below?.text, substitution })
    return end
  }

  #common(spot: Spot, { lines, retry = this.#state.next.retry }: Own = {}) {
    const { source, at, loops } = spot
    const { includedAt } = source
    const { dialect, skipped, subtest } = this.#state
    const included = includedAt === undefined ? '' : `${relative(dirname(this.#source.file), source.file)}:${at + 1}`
    const values = [...loops].map(([name, value]) => `${name}=${value}`).join(' ')
    return {
      place: placeOf(spot),
      at: includedAt ?? at + 1,
      context: [subtest, included, values].filter(Boolean).join(' '),
      ...{ dialect, skipped, retry },
      lines: includedAt === undefined && loops.size === 0 ? lines : undefined,
    }
  }

  #sent(spot: Spot, own: Own) {
    const { next, user, substitution } = this.#state
    const connection = own.connection ?? next.connection ?? 'default'
    return { ...this.#common(spot, own), connection, user, substitution }
  }

  #push(record: SltRecord): void {
    const { repeat = 1 } = this.#state.take()
    for (let time = 0; time < repeat; time += 1) this.#records.push(record)
  }
}

function rangeOf(spot: Spot, args: readonly string[]): string[] {
  if (args.length !== 2) throw fault(spot, 'loop needs a variable, its first value and the one after the last')
  const [first = 0, end = 0] = args.map((arg) => numberOf(spot, 'loop', arg, -MOST_RECORDS))
  if (end - first > MOST_RECORDS) throw tooMany(spot)
  return Array.from({ length: Math.max(0, end - first) }, (_, step) => String(first + step))
}

function valuesOf(spot: Spot, values: readonly string[]): readonly string[] {
  if (values.length === 0) throw fault(spot, 'foreach needs a variable and its values')
  const list = values.find((value) => /^!?<.*>$/.test(value))
  if (list !== undefined) throw fault(spot, `${list} is not supported: it is a list of DuckDB’s own types`)
  return values
}

function errorOf(spot: Spot, behind: string, below: Message | undefined, isDuck: boolean): ExpectedError {
  try {
    const error = expectedError(behind)
    if (below === undefined) return error
    if (error.kind !== 'any') throw fault(spot, 'what the error says stands behind it or below it, and not both')
    if (below.text.startsWith('<REGEX>:')) return { kind: 'matches', pattern: errorPattern(below.text.slice(8)) }
    return { kind: isDuck ? 'contains' : 'equals', text: below.text }
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw fault(spot, `the pattern of the error can’t be read: ${cause.message}`, [], cause)
  }
}
