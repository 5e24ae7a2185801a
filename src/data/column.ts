import { knownOptions, printable } from '../argument.ts'
import { ConfigError } from '../errors.ts'
import { Dice, seedOf } from './dice.ts'

/** A value of a row. Dates and decimals are text, so that no digit is lost. */
export type DataValue = string | number | bigint | boolean | Buffer | null | DefaultValue

/** Stands for the column's own DEFAULT in the table. */
export class DefaultValue {
  /** What the server puts there: the DEFAULT of the column, as its text. */
  readonly is: Exclude<DataValue, DefaultValue>

  constructor(is: Exclude<DataValue, DefaultValue>) {
    this.is = is
  }
}

/** The value of a column in a row, by the number of the row from 0 and the values of the columns before it. */
export type Cell<T extends DataValue = DataValue> = (row: number, before: readonly DataValue[]) => T

/** A kind of values, such as `integer({ min: 1, max: 6 })`. */
export interface Column<T extends DataValue = DataValue> {
  /** Makes its cells ready. @throws {ConfigError} if its options can't be used. */
  readonly open: (place: ColumnPlace) => Cell<T>
}

/** Where a column is: whose values are made, and from what. */
export class ColumnPlace {
  readonly name: string
  /** The number of rows, those that come before this part of the data included. */
  readonly rows: number
  /** Names of the columns before it. */
  readonly before: readonly string[]
  readonly #seed: string | number

  constructor(name: string, rows: number, before: readonly string[], seed: string | number) {
    this.name = name
    this.rows = rows
    this.before = before
    this.#seed = seed
  }

  /** 32 bits of the column's own. A part of it, such as its nulls, has others than its values. */
  seed(part = 'values'): number {
    return seedOf(this.#seed, this.name, part)
  }

  /** Random numbers of the column's own. */
  dice(part?: string): Dice {
    return new Dice(this.seed(part))
  }

  /** Throws, unless these are options with such names and no others. */
  demandOptions<T extends object>(options: T, names: readonly (keyof T & string)[]): void {
    knownOptions(options, names, `columns.${this.name}`)
  }

  /** Throws, unless the option can be used. */
  demand(usable: boolean, option: string, value: unknown, allowed: string): asserts usable {
    if (usable) return
    const setting = `columns.${this.name}.${option}`
    throw new ConfigError([setting], `${setting} is ${printable(value)}`, { hints: [`give ${allowed}`] })
  }
}
