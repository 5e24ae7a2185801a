import { dirname, relative } from 'node:path'
import { errorPattern, expectedError } from './slt-error-pattern.ts'
import { filesOf } from './slt-include.ts'
import {
  sortModes,
  type ExpectedError,
  type ExpectedLines,
  type ResultMode,
  type Retry,
  type SltDialect,
  type SltRecord,
  type SortMode,
  type StatementRecord,
} from './slt-record.ts'
import {
  linesOf,
  dialectOf,
  endOfLoop,
  textBehind,
  lineOf,
  durationOf,
  readIncluded,
  isPlain,
  readPatterns,
  isSortMode,
  placeOf,
  fault,
  type Loops,
  type Source,
} from './slt-source.ts'
import { toBytes } from './result-text.ts'
import { SqlFileError, type Place } from './sql-file-error.ts'

/** Names by which `skipif` and `onlyif` know a TiDB. */
export const engines: readonly string[] = ['tidb', 'mysql']

/** Loops and repetitions are written out when a file is read: more than so many records are none that anybody meant. */
const MOST_RECORDS = 100_000
const DEPTH = 16
const DELIMITER = '----'
/** How long CockroachDB tries again what stands behind `retry`. */
const COCKROACH_RETRY: Retry = { attempts: 450, backoffMs: 100 }

/** What other runners know, and this one does not: whose it is, for the error. */
const FOREIGN: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...['require', 'require-env', 'test-env', 'load', 'restart', 'concurrentloop', 'concurrentforeach', 'template'],
      ...['unzip', 'set', 'continue', 'tags', 'reset_label', 'endtemplate', 'import_template'],
    ].map((name) => [name, 'DuckDB']),
  ),
  ...Object.fromEntries(
    [
      ...['awaitstatement', 'awaitquery', 'traceon', 'traceoff', 'kv-batch-size', 'cluster-opt', 'tenant-cluster-opt'],
      ...['skip_on_retry', 'upgrade', 'nodeidx', 'query-sources-percent', 'tenant-capability-override-opt', 'skip'],
    ].map((name) => [name, 'CockroachDB']),
  ),
}

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

class SltParser {
  readonly #source: Source
  readonly #records: SltRecord[] = []
  readonly #includes = new Set<string>()
  #dialect: SltDialect
  #sort: SortMode = 'nosort'
  #resultMode: ResultMode | undefined
  #hashThreshold = 0
  #substitution = false
  #user: string | undefined
  #subtest = ''
  /** Why what follows is not carried out: a halt, or `mode skip`. */
  #halted: string | undefined
  #modeSkips: string | undefined
  // What holds for the next record only.
  #skipped: string | undefined
  #prefixed: Place | undefined
  #connection: string | undefined
  #retry: Retry | undefined
  #repeat = 1

  constructor(source: Source) {
    this.#source = source
    this.#dialect = dialectOf(source)
  }

  parse(): SltFile {
    const { lines } = this.#source
    this.#block(this.#source, 0, lines.length, new Map())
    if (this.#prefixed !== undefined) throw new SqlFileError(this.#prefixed, 'no record follows that this could be for')
    return { records: this.#records, includes: [...this.#includes], dialect: this.#dialect }
  }

  #block(source: Source, from: number, to: number, loops: Loops): void {
    for (let at = from; at < to;) {
      const line = source.lines[at] ?? ''
      if (line === '' || line.startsWith('#') || line.trim() === '') {
        at += 1
        continue
      }
      at = this.#directive(source, at, to, loops)
    }
  }

  /** Reads what begins on a line. @returns the line behind it. */
  #directive(source: Source, at: number, to: number, loops: Loops): number {
    const line = this.#line(source, at, loops)
    const words = line.trim().split(/\s+/)
    const [name = '', ...args] = words
    switch (name) {
      case 'statement':
        return this.#statement(source, at, to, loops, args)
      case 'query':
        return this.#query(source, at, to, loops, args)
      case 'let':
        return this.#let(source, at, to, loops, args)
      case 'system':
        return this.#system(source, at, to, loops, args)
      case 'loop':
      case 'foreach':
        return this.#loop(source, at, to, loops, name, args)
      case 'endloop':
        throw fault(source, at, 'endloop without loop or foreach')
      case DELIMITER:
        throw fault(source, at, 'no statement or query stands before this')
      default:
        this.#control(source, at, loops, name, args)
        return at + 1
    }
  }

  /** What is no record, and has one line. */
  #control(source: Source, at: number, loops: Loops, name: string, args: readonly string[]): void {
    const [argument = '', ...more] = args
    switch (name) {
      case 'skipif':
      case 'onlyif':
        return this.#condition(source, at, loops, name, args)
      case 'halt': {
        const skipped = this.#taken().skipped
        // A halt for other engines is none.
        if (skipped === undefined) this.#halted ??= `halt in line ${at + 1}`
        return
      }
      case 'hash-threshold': {
        const { skipped } = this.#taken()
        if (skipped === undefined) this.#hashThreshold = this.#number(source, at, name, argument, 0)
        return
      }
      case 'control':
        return this.#set(source, at, argument, more)
      case 'mode':
        return this.#mode(source, at, argument)
      case 'include':
        return this.#include(source, at, args)
      case 'connection':
        if (argument === '' || more.length > 0) throw fault(source, at, 'connection needs one name')
        this.#connection = argument
        this.#prefixed = placeOf(source, at)
        return
      case 'user':
        if (argument === '' || more.length > 0) throw fault(source, at, 'user needs one name')
        this.#user = argument
        return
      case 'subtest':
        if (argument === '') throw fault(source, at, 'subtest needs a name')
        this.#subtest = argument === 'end' ? '' : argument
        return
      case 'repeat':
        this.#repeat = this.#number(source, at, name, argument, 1)
        if (this.#repeat > MOST_RECORDS) throw tooMany(source, at)
        this.#prefixed = placeOf(source, at)
        return
      case 'retry':
        if (argument !== '') throw fault(source, at, 'retry stands alone on its line, or behind a statement or query')
        this.#retry = COCKROACH_RETRY
        this.#prefixed = placeOf(source, at)
        return
      case 'sleep':
        this.#push({ ...this.#common(source, at, loops), kind: 'sleep', ms: durationOf(source, at, args.join(' ')) })
        return
      case 'reconnect':
        this.#push({ ...this.#common(source, at, loops), kind: 'reconnect' })
        return
      case 'reset':
        if (argument !== 'label' || more.length !== 1)
          throw fault(source, at, 'only labels can be reset: reset label x')
        this.#push({ ...this.#common(source, at, loops), kind: 'forget', label: more[0] ?? '' })
        return
      default: {
        const whose = FOREIGN[name]
        if (whose !== undefined) throw fault(source, at, `${name} is not supported: it is ${whose}’s own`)
        throw fault(source, at, `unknown directive ${name}`, [
          'is an empty line missing before, or one too many within a statement or result?',
        ])
      }
    }
  }

  #condition(source: Source, at: number, loops: Loops, name: string, args: readonly string[]): void {
    this.#prefixed = placeOf(source, at)
    const [argument = ''] = args
    if (argument === '') throw fault(source, at, `${name} needs the name of an engine`)
    const isTrue = this.#holds(source, at, loops, args)
    if (isTrue === (name === 'onlyif')) return
    const what = args.join(' ').replace(/\s*#.*$/, '')
    this.#skipped ??= `${name} ${what}${what.includes('=') ? '' : `: this is ${engines.join(' or ')}`}`
  }

  #holds(source: Source, at: number, loops: Loops, [argument = '', ...more]: readonly string[]): boolean {
    // A configuration of CockroachDB, which is none of ours.
    if (argument === 'config') return false
    const [, variable = '', operator, value = ''] = /^(\w+)(<>|!=|<=|>=|=|<|>)(.*)$/.exec(argument) ?? []
    if (operator !== undefined) {
      const own = loops.get(variable)
      if (own === undefined) throw fault(source, at, `${variable} is no variable of a loop around this`)
      return compared(own, operator, value)
    }
    const [next = '#'] = more
    if (!next.startsWith('#')) throw fault(source, at, `one engine is named, and not also ${next}`)
    return engines.includes(argument.toLowerCase())
  }

  #set(source: Source, at: number, what: string, [value = '', ...more]: readonly string[]): void {
    if (more.length > 0) throw fault(source, at, `control ${what} has one value`)
    switch (what) {
      case 'sortmode':
        if (!isSortMode(value)) throw fault(source, at, `${value} is no sort mode: ${sortModes.join(', ')}`)
        this.#sort = value
        return
      case 'resultmode':
        if (value !== 'rowwise' && value !== 'valuewise') throw fault(source, at, 'resultmode is rowwise or valuewise')
        this.#resultMode = value
        return
      case 'substitution':
        if (value !== 'on' && value !== 'off') throw fault(source, at, 'substitution is on or off')
        this.#substitution = value === 'on'
        return
      default:
        throw fault(source, at, `control knows sortmode, resultmode and substitution, and not ${what}`)
    }
  }

  #mode(source: Source, at: number, mode: string): void {
    if (mode === 'skip') this.#modeSkips = `mode skip in line ${at + 1}`
    else if (mode === 'unskip') this.#modeSkips = undefined
    else throw fault(source, at, `of the modes of DuckDB there are skip and unskip, and not ${mode}`)
  }

  #include(source: Source, at: number, [pattern = '', ...more]: readonly string[]): void {
    if (pattern === '' || more.length > 0) throw fault(source, at, 'include needs one pattern of files')
    if (source.depth >= DEPTH) throw fault(source, at, `files include each other more than ${DEPTH} deep`)
    const files = filesOf(pattern, dirname(source.file))
    if (files.length === 0) throw fault(source, at, `no file is called ${pattern}`)
    for (const file of files) {
      this.#includes.add(file)
      const lines = linesOf(readIncluded(source, at, file))
      const includedAt = source.includedAt ?? at + 1
      this.#block({ file, lines, includedAt, depth: source.depth + 1 }, 0, lines.length, new Map())
    }
  }

  #loop(source: Source, at: number, to: number, loops: Loops, kind: string, args: readonly string[]): number {
    const end = endOfLoop(source, at, to)
    const [name = '', ...rest] = args
    if (!/^\w+$/.test(name)) throw fault(source, at, `${kind} needs the name of a variable`)
    for (const value of kind === 'loop' ? this.#range(source, at, rest) : this.#valuesOf(source, at, rest)) {
      this.#block(source, at + 1, end, new Map([...loops, [name, value]]))
      if (this.#records.length > MOST_RECORDS) throw tooMany(source, at)
    }
    return end + 1
  }

  #range(source: Source, at: number, args: readonly string[]): string[] {
    if (args.length !== 2) throw fault(source, at, 'loop needs a variable, its first value and the one after the last')
    const [first = 0, end = 0] = args.map((arg) => this.#number(source, at, 'loop', arg, -MOST_RECORDS))
    if (end - first > MOST_RECORDS) throw tooMany(source, at)
    return Array.from({ length: Math.max(0, end - first) }, (_, step) => String(first + step))
  }

  #valuesOf(source: Source, at: number, values: readonly string[]): readonly string[] {
    if (values.length === 0) throw fault(source, at, 'foreach needs a variable and its values')
    const list = values.find((value) => /^!?<.*>$/.test(value))
    if (list !== undefined) throw fault(source, at, `${list} is not supported: it is a list of DuckDB’s own types`)
    return values
  }

  #statement(source: Source, at: number, to: number, loops: Loops, args: readonly string[]): number {
    const [outcome = '', ...rest] = args
    if (!/^(?:ok|count|error|maybe)$/.test(outcome)) {
      throw fault(source, at, `statement is ok, error or count, and not ${outcome === '' ? 'nothing' : outcome}`)
    }
    const body = this.#body(source, at, to, loops)
    const { retry, others } = this.#retryOf(source, at, rest)
    let expected: StatementRecord['expected'] = { kind: 'ok' }
    let connection: string | undefined
    let { end } = body
    switch (outcome) {
      case 'ok':
        connection = this.#connectionOf(source, at, others)
        break
      case 'count':
        if (others.length !== 1) throw fault(source, at, 'statement count needs one number')
        expected = { kind: 'count', rows: this.#number(source, at, 'statement count', others[0] ?? '', 0) }
        break
      default: {
        const isDuck = this.#dialect === 'duckdb'
        if (outcome === 'maybe' && !isDuck && others.length > 0) {
          throw fault(source, at, 'statement maybe has its message below four dashes')
        }
        if (isDuck) connection = this.#connectionOf(source, at, others)
        const below = body.delimiter === undefined ? undefined : this.#message(source, body.delimiter + 1, to, loops)
        const error = this.#error(
          source,
          at,
          loops,
          isDuck ? '' : textBehind(source, at, loops, outcome, rest, others),
          below,
        )
        end = below?.end ?? end
        expected = { kind: outcome === 'maybe' ? 'maybe' : 'error', error }
      }
    }
    if (body.delimiter !== undefined && (outcome === 'ok' || outcome === 'count')) {
      throw fault(source, body.delimiter, `a statement has no result, which is for query`)
    }
    const lines = expectedLines(at, body, end)
    this.#push({
      ...this.#sent(source, at, loops, { retry, connection, lines }),
      kind: 'statement',
      sql: body.sql,
      expected,
    })
    return end
  }

  #query(source: Source, at: number, to: number, loops: Loops, args: readonly string[]): number {
    const [types = '', ...rest] = args
    if (types === 'error') return this.#statement(source, at, to, loops, args)
    if (types === '') throw fault(source, at, 'query needs a letter for each column, or error')
    if (!/^[A-Za-z?]+$/.test(types)) throw fault(source, at, `${types} are no types: a letter for each column`)
    const { retry, others } = this.#retryOf(source, at, rest)
    const body = this.#body(source, at, to, loops)
    const { sort, columnNames, label, connection } = this.#queryOptions(source, at, others)
    let end = body.end
    let expected: string[] | undefined = label === undefined || this.#dialect === 'sqlite' ? [] : undefined
    if (body.delimiter !== undefined) {
      expected = []
      for (end = body.delimiter + 1; end < to; end += 1) {
        const line = this.#line(source, end, loops)
        if (line === '' || line.trim() === '') break
        if (line.includes('REGEX>:')) readPatterns(source, end, line)
        expected.push(isPlain(line) ? line : toBytes(line))
      }
    }
    const lines = expectedLines(at, body, end)
    this.#push({
      ...this.#sent(source, at, loops, { retry, connection, lines }),
      ...{ kind: 'query', sql: body.sql, types, sort, label, columnNames, expected },
      ...{ resultMode: this.#resultMode, hashThreshold: this.#hashThreshold },
    })
    return end
  }

  #queryOptions(source: Source, at: number, args: readonly string[]) {
    const [options = '', second, ...more] = args
    let sort: SortMode | undefined
    let columnNames = false
    // CockroachDB has several, with commas between.
    const names = options.split(',')
    const isOptions = names.every((name) => isSortMode(name) || name === 'colnames')
    if (isOptions) {
      for (const name of names) {
        if (isSortMode(name)) sort = name
        else columnNames = true
      }
    } else if (
      /^(?:partialsort\(.*|kvtrace|noticetrace|async|retry|empty|nodeidx=.*|rowsort\(.*)$/.test(names[0] ?? '')
    ) {
      throw fault(source, at, `${options} is not supported: it is CockroachDB’s own`)
    }
    const [first, extra] = isOptions
      ? [second, more]
      : args.length === 0
        ? []
        : [options, [second, ...more].filter((word) => word !== undefined)]
    if ((extra ?? []).length > 0)
      throw fault(source, at, `what is ${(extra ?? []).join(' ')} for? A query has types, a sort mode and a label`)
    // DuckDB has a connection where the others have a label, unless there is a sort mode.
    const isConnection = this.#dialect === 'duckdb' && !isOptions && first !== undefined
    return {
      sort: sort ?? this.#sort,
      columnNames,
      label: isConnection ? undefined : first,
      connection: isConnection ? first : undefined,
    }
  }

  #let(source: Source, at: number, to: number, loops: Loops, args: readonly string[]): number {
    const body = this.#body(source, at, to, loops)
    if (body.delimiter !== undefined) throw fault(source, body.delimiter, 'let takes a result, and expects none')
    const everywhere = args[0]?.startsWith('$') ?? false
    const names = args
      .join(' ')
      .split(',')
      .map((name) => name.trim().replace(/^\$/, ''))
    const wrong = names.find((name) => !/^[A-Za-z_]\w*$/.test(name))
    if (wrong !== undefined)
      throw fault(source, at, wrong === '' ? 'let needs names' : `${wrong} is no name of a variable`)
    this.#push({ ...this.#sent(source, at, loops, {}), kind: 'let', sql: body.sql, names, everywhere })
    return body.end
  }

  #system(source: Source, at: number, to: number, loops: Loops, args: readonly string[]): number {
    const [outcome, ...rest] = args
    if (outcome !== 'ok') throw fault(source, at, 'of system there is only system ok')
    const body = this.#body(source, at, to, loops)
    const { retry, others } = this.#retryOf(source, at, rest)
    if (others.length > 0) throw fault(source, at, `what is ${others.join(' ')} for?`)
    const below = body.delimiter === undefined ? undefined : this.#message(source, body.delimiter + 1, to, loops)
    const end = below?.end ?? body.end
    const lines = expectedLines(at, body, end)
    const common = this.#common(source, at, loops, { retry, lines })
    const substitution = this.#substitution
    this.#push({ ...common, kind: 'system', command: body.sql, stdout: below?.text, substitution })
    return end
  }

  /** What is sent: lines up to an empty one, or to four dashes. */
  #body(source: Source, at: number, to: number, loops: Loops) {
    const lines: string[] = []
    let end = at + 1
    let delimiter: number | undefined
    for (; end < to; end += 1) {
      const line = this.#line(source, end, loops)
      if (line === '' || line.trim() === '') break
      if (line.trimEnd() === DELIMITER) {
        delimiter = end
        break
      }
      if (/^(?:statement\s+(?:ok|error|count)|query\s+(?:[A-Z?]+|error))(?:\s|$)/.test(line)) {
        throw fault(source, end, 'an empty line is missing before this')
      }
      lines.push(line)
    }
    const sql = lines.join('\n')
    if (lines.every((line) => line.startsWith('#'))) throw fault(source, at, 'nothing to be sent follows')
    return { sql, end, delimiter }
  }

  /** A text below four dashes: it may have an empty line in it, but not two. DuckDB’s end with the first. */
  #message(source: Source, from: number, to: number, loops: Loops): { readonly text: string; readonly end: number } {
    const lines: string[] = []
    let end = from
    const isEmpty = (at: number) => at >= to || (source.lines[at] ?? '').trim() === ''
    for (; end < to; end += 1) {
      if (isEmpty(end) && (this.#dialect === 'duckdb' || isEmpty(end + 1))) break
      lines.push(this.#line(source, end, loops))
    }
    return { text: lines.join('\n').trim(), end }
  }

  #error(
    source: Source,
    at: number,
    loops: Loops,
    behind: string,
    below: { readonly text: string } | undefined,
  ): ExpectedError {
    try {
      const error = expectedError(behind)
      if (below === undefined) return error
      if (error.kind !== 'any')
        throw fault(source, at, 'what the error says stands behind it or below it, and not both')
      if (below.text.startsWith('<REGEX>:')) return { kind: 'matches', pattern: errorPattern(below.text.slice(8)) }
      return { kind: this.#dialect === 'duckdb' ? 'contains' : 'equals', text: below.text }
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause
      throw fault(source, at, `the pattern of the error can’t be read: ${cause.message}`, [], cause)
    }
  }

  /** `retry 3 backoff 5s` at the end of a line, and what stands before it. */
  #retryOf(
    source: Source,
    at: number,
    args: readonly string[],
  ): { readonly retry: Retry | undefined; readonly others: readonly string[] } {
    const from = args.length - 4
    if (from < 0 || args[from] !== 'retry' || args[from + 2] !== 'backoff') return { retry: this.#retry, others: args }
    const attempts = this.#number(source, at, 'retry', args[from + 1] ?? '', 1)
    const backoffMs = durationOf(source, at, args[from + 3] ?? '')
    return { retry: { attempts, backoffMs }, others: args.slice(0, from) }
  }

  #connectionOf(source: Source, at: number, others: readonly string[]): string | undefined {
    const [name, ...more] = others
    if (name === undefined) return undefined
    if (this.#dialect !== 'duckdb' || more.length > 0) {
      throw fault(source, at, `what is ${others.join(' ')} for?`, [
        'a connection stands here in DuckDB: # dialect: duckdb',
      ])
    }
    return name
  }

  #number(source: Source, at: number, what: string, text: string, least: number): number {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
    if (!Number.isSafeInteger(value) || value < least) {
      throw fault(
        source,
        at,
        `${what} needs a whole number${least === 0 ? '' : ` from ${least}`}, and not ${text === '' ? 'nothing' : text}`,
      )
    }
    return value
  }

  /** A line with the variables of the loops around it. */
  #line(source: Source, at: number, loops: Loops): string {
    return lineOf(source, at, loops)
  }

  #taken() {
    const taken = { skipped: this.#skipped, connection: this.#connection, retry: this.#retry, repeat: this.#repeat }
    this.#skipped = this.#prefixed = this.#connection = this.#retry = undefined
    this.#repeat = 1
    return taken
  }

  #common(
    source: Source,
    at: number,
    loops: Loops,
    own: { readonly retry?: Retry | undefined; readonly lines?: ExpectedLines } = {},
  ) {
    const { lines, retry = this.#retry } = own
    const isOwn = source.includedAt === undefined && loops.size === 0
    const included =
      source.includedAt === undefined ? '' : `${relative(dirname(this.#source.file), source.file)}:${at + 1}`
    const values = [...loops].map(([name, value]) => `${name}=${value}`).join(' ')
    return {
      place: placeOf(source, at),
      at: source.includedAt ?? at + 1,
      context: [this.#subtest, included, values].filter(Boolean).join(' '),
      dialect: this.#dialect,
      skipped: this.#halted ?? this.#modeSkips ?? this.#skipped,
      lines: isOwn ? lines : undefined,
      retry,
    }
  }

  #sent(
    source: Source,
    at: number,
    loops: Loops,
    own: {
      readonly retry?: Retry | undefined
      readonly lines?: ExpectedLines
      readonly connection?: string | undefined
    },
  ) {
    return {
      ...this.#common(source, at, loops, own),
      connection: own.connection ?? this.#connection ?? 'default',
      user: this.#user,
      substitution: this.#substitution,
    }
  }

  #push(record: SltRecord): void {
    const { repeat } = this.#taken()
    for (let time = 0; time < repeat; time += 1) this.#records.push(record)
  }
}

function compared(own: string, operator: string, value: string): boolean {
  const isNumber = [own, value].every((text) => /^-?\d+(?:\.\d+)?$/.test(text))
  const order = isNumber ? Number(own) - Number(value) : own < value ? -1 : own > value ? 1 : 0
  switch (operator) {
    case '=':
      return order === 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    default:
      return order !== 0
  }
}

function tooMany(source: Source, at: number): SqlFileError {
  return fault(source, at, `loops and repetitions make more than ${MOST_RECORDS.toLocaleString('en')} records`)
}

/** Where what is expected of a record stands, for what records it anew. */
function expectedLines(
  directive: number,
  body: { readonly delimiter: number | undefined; readonly end: number },
  end: number,
): ExpectedLines {
  return { directive, delimiter: body.delimiter ?? body.end, hasDelimiter: body.delimiter !== undefined, end }
}
