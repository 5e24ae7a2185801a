import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { knownOptions, printable } from '../argument.ts'
import { ConfigError } from '../errors.ts'
import { checksumOf, checksumQuery, type Checksum } from './checksum.ts'
import { ColumnPlace, type Cell, type Column, type DataValue } from './column.ts'
import { csv, tsv, type Delimited } from './delimited.ts'
import { insertInto, tuple } from './sql.ts'

/** Columns by name, in their order. */
export type Columns = Readonly<Record<string, Column>>

/** A row of these columns. */
export type DataRow<C extends Columns> = { readonly [Name in keyof C]: C[Name] extends Column<infer T> ? T : never }

export interface DataOptions<C extends Columns> {
  /** What the values depend on, besides the name of their column and the number of their row. */
  readonly seed: number | string
  readonly rows: number
  /** Number of the first row, from 0; for a part of data that comes in several files. Default: 0. */
  readonly first?: number | undefined
  readonly columns: C
}

export interface FileOptions {
  /** Packs it as .gz. Default: false. */
  readonly gzip?: boolean | undefined
}

export interface DelimitedOptions extends FileOptions {
  /** Names of the columns as the first line: read it with `IGNORE 1 LINES` or `skip_rows=1`. Default: false. */
  readonly header?: boolean | undefined
}

export interface SqlOptions {
  /** Name of the table, `orders` or `shop.orders`. */
  readonly table: string
  /** Default: 500. */
  readonly rowsPerInsert?: number | undefined
}

/** Characters after which a piece of a file is handed on. */
const PIECE = 65_536
const ROWS_PER_INSERT = 500
const DELIMITED = ['header', 'gzip'] as const
const SQL = ['table', 'rowsPerInsert'] as const

/**
 * Rows that are made while they are read: any number of them in little memory, and the same each time.
 *
 * The value of a column in a row depends on the seed, the name of the column and the number of the row, and on nothing
 * else: not on the columns beside it, the machine or the release of Node.
 *
 * @throws {ConfigError} if an option can't be used; it names the column.
 * @example
 * const orders = generate({ seed: 7, rows: 1_000_000, columns: { id: sequence(), name: fullName() } })
 * orders.csv().pipe(createWriteStream('orders.csv'))
 */
export function generate<const C extends Columns>(options: DataOptions<C>): Data<C> {
  return new Data(options)
}

/** Rows, and the files made of them. Each call begins again with the first row. */
export class Data<C extends Columns = Columns> {
  /** How many rows there are. */
  readonly count: number
  /** Names of the columns, in their order. */
  readonly columns: readonly (keyof C & string)[]
  readonly #first: number
  readonly #cells: readonly Cell[]

  constructor(options: DataOptions<C>) {
    knownOptions(options, ['seed', 'rows', 'first', 'columns'], 'generate(options)')
    const { seed, rows, first = 0, columns } = options
    if (typeof seed !== 'number' && typeof seed !== 'string') {
      throw new ConfigError(['seed'], `seed is ${printable(seed)}`, { hints: ['give a number or text'] })
    }
    demandCount('rows', rows)
    demandCount('first', first)
    demandCount('rows', first + rows)
    this.count = rows
    this.columns = Object.keys(columns)
    this.#first = first
    if (this.columns.length === 0) throw new ConfigError(['columns'], 'there are no columns', { hints: [SOME_COLUMN] })
    this.#cells = this.columns.map((name, at) => {
      const place: ColumnPlace = new ColumnPlace(name, first + rows, this.columns.slice(0, at), seed)
      return (columns[name] as Column).open(place)
    })
  }

  /** The rows, one after the other, by column name. */
  *rows(): Generator<DataRow<C>, void, undefined> {
    for (const values of this.#rows()) {
      yield Object.fromEntries(this.columns.map((name, at) => [name, values[at]])) as DataRow<C>
    }
  }

  /** `FIELDS TERMINATED BY ',' ENCLOSED BY '"' ESCAPED BY '\\' LINES TERMINATED BY '\n'`. NULL is `\N`. */
  csv(options: DelimitedOptions & { readonly separator?: string | undefined } = {}): Readable {
    knownOptions(options, ['separator', ...DELIMITED], 'csv(options)')
    const { separator = ',' } = options
    return this.#delimited(csv(separator), options)
  }

  /** What LOAD DATA reads without being told: tabs between, no quotes, `\N` for NULL. */
  tsv(options: DelimitedOptions = {}): Readable {
    knownOptions(options, DELIMITED, 'tsv(options)')
    return this.#delimited(tsv, options)
  }

  /** INSERT statements, as a file. */
  sql(options: SqlOptions & FileOptions): Readable {
    knownOptions(options, [...SQL, 'gzip'], 'sql(options)')
    return stream(pieces(this.#tuples(options, ';\n')), options.gzip)
  }

  /** The same INSERT statements, one by one. */
  *inserts(options: SqlOptions): Generator<string, void, undefined> {
    knownOptions(options, SQL, 'inserts(options)')
    let statement = ''
    for (const part of this.#tuples(options, '')) {
      if (part !== '') statement += part
      else {
        yield statement
        statement = ''
      }
    }
  }

  /**
   * What the server must answer to `checksumQuery(table)` once it holds these rows.
   *
   * @example expect(await tidb.query(data.checksumQuery('orders'))).toEqual([data.checksum()])
   */
  checksum(): Checksum {
    return checksumOf(this.rows(), this.columns)
  }

  /** The statement that asks the server for the same. */
  checksumQuery(table: string): string {
    return checksumQuery(table, this.columns)
  }

  #delimited(format: Delimited, { header = false, gzip }: DelimitedOptions): Readable {
    return stream(pieces(this.#lines(format, header)), gzip)
  }

  *#lines(format: Delimited, header: boolean): Generator<string, void, undefined> {
    if (header) yield `${format.line(this.columns)}\n`
    for (const values of this.#rows()) yield `${format.line(values)}\n`
  }

  /** The parts of INSERT statements: each row, and what ends a statement. */
  *#tuples({ table, rowsPerInsert = ROWS_PER_INSERT }: SqlOptions, end: string): Generator<string, void, undefined> {
    demandCount('rowsPerInsert', rowsPerInsert, 1)
    const beginning = insertInto(table, this.columns)
    let held = 0
    for (const values of this.#rows()) {
      yield held === 0 ? beginning + tuple(values) : `,\n${tuple(values)}`
      held = (held + 1) % rowsPerInsert
      if (held === 0) yield end
    }
    if (held > 0) yield end
  }

  /** The values of each row, in an array that is filled anew for each. */
  *#rows(): Generator<readonly DataValue[], void, undefined> {
    const cells = this.#cells
    for (let row = this.#first; row < this.#first + this.count; row += 1) {
      const values: DataValue[] = []
      for (let at = 0; at < cells.length; at += 1) values.push((cells[at] as Cell)(row, values))
      yield values
    }
  }
}

const SOME_COLUMN = 'give some: { columns: { id: sequence(), name: fullName() } }'

/** Lines as pieces of a file. Each is written into its piece at once: text that waits would make the memory grow. */
function* pieces(lines: Iterable<string>): Generator<Buffer, void, undefined> {
  let piece = Buffer.allocUnsafeSlow(PIECE)
  let filled = 0
  for (const line of lines) {
    // A character takes three bytes at most.
    if (filled + line.length * 3 > piece.length) {
      if (filled > 0) yield piece.subarray(0, filled)
      piece = Buffer.allocUnsafeSlow(Math.max(PIECE, line.length * 3))
      filled = 0
    }
    filled += piece.write(line, filled)
  }
  if (filled > 0) yield piece.subarray(0, filled)
}

/** Fast rather than small: a twentieth larger than zlib packs by default, in two thirds of the time. */
const FAST = { level: 1, memLevel: 9, chunkSize: PIECE }

/** Makes a piece when one is asked for, so that a slow reader costs no memory. */
function stream(made: Iterable<Buffer>, gzip = false): Readable {
  const plain = Readable.from(made, { objectMode: false, highWaterMark: PIECE })
  // The stream itself tells its reader what went wrong.
  return gzip ? pipeline(plain, createGzip(FAST), () => {}) : plain
}

function demandCount(option: string, value: number, least = 0): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new ConfigError([option], `${option} is ${printable(value)}`, {
    hints: [`give a whole number from ${least} on`],
  })
}
