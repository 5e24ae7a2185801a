import type { Cell, Column, ColumnPlace } from './column.ts'
import { digitsOf } from './digits.ts'

const MOST = 2 ** 53

/**
 * Whole numbers that count up: 1, 2, 3 and so on.
 *
 * @example sequence({ from: 9_223_372_036_854_000_000n }) // past what a number can hold
 */
export function sequence(options?: { readonly from?: number; readonly step?: number }): Column<number>
export function sequence(options: { readonly from: bigint; readonly step?: number }): Column<bigint>
export function sequence(
  options: { readonly from?: number | bigint; readonly step?: number } = {},
): Column<number | bigint> {
  return {
    open(place: ColumnPlace): Cell<number | bigint> {
      place.demandOptions(options, ['from', 'step'])
      const { from = 1, step = 1 } = options
      place.demand(Number.isSafeInteger(step), 'step', step, 'a whole number')
      if (typeof from === 'bigint') return (row) => from + BigInt(step) * BigInt(row)
      place.demand(Number.isSafeInteger(from), 'from', from, 'a whole number, or a bigint')
      const last = from + step * place.rows
      place.demand(Number.isSafeInteger(last), 'from', from, `a bigint: the last would be ${last}`)
      return (row) => from + step * row
    },
  }
}

/** Whole numbers from `min` to `max`, both included. Past 2^53 take `bigInteger`. */
export function integer(options: { readonly min?: number; readonly max?: number } = {}): Column<number> {
  return {
    open(place: ColumnPlace) {
      place.demandOptions(options, ['min', 'max'])
      const { min = 0, max = 2_147_483_647 } = options
      place.demand(Number.isSafeInteger(min), 'min', min, 'a whole number; past 2^53, bigInteger({ min, max })')
      place.demand(Number.isSafeInteger(max), 'max', max, 'a whole number; past 2^53, bigInteger({ min, max })')
      demandOrder(place, min, max)
      const count = max - min + 1
      place.demand(count <= MOST, 'max', max, 'a range of at most 2^53 numbers, or bigInteger({ min, max })')
      const dice = place.dice()
      return (row) => min + dice.at(row).below(count)
    },
  }
}

/** Whole numbers of any size, as bigint; by default all that a BIGINT holds. */
export function bigInteger(options: { readonly min?: bigint; readonly max?: bigint } = {}): Column<bigint> {
  return {
    open(place: ColumnPlace) {
      place.demandOptions(options, ['min', 'max'])
      const { min = -(2n ** 63n), max = 2n ** 63n - 1n } = options
      place.demand(typeof min === 'bigint', 'min', min, 'a bigint, such as 3n')
      place.demand(typeof max === 'bigint', 'max', max, 'a bigint, such as 3n')
      demandOrder(place, min, max)
      const count = max - min + 1n
      const dice = place.dice()
      return (row) => min + dice.at(row).belowBig(count)
    },
  }
}

export interface DecimalRange {
  /** Default: the least that fits, below zero. */
  readonly min?: string | number
  /** Default: the most that fits. */
  readonly max?: string | number
}

/**
 * DECIMAL(precision, scale) as text, with all digits of its scale.
 *
 * @example decimal(10, 2, { min: 0, max: '999.99' })
 */
export function decimal(precision: number, scale: number, range: DecimalRange = {}): Column<string> {
  return {
    open(place: ColumnPlace) {
      place.demandOptions(range, ['min', 'max'])
      const { min, max } = range
      const precise = Number.isInteger(precision) && precision >= 1 && precision <= 65
      place.demand(precise, 'precision', precision, 'a whole number from 1 to 65')
      const scaled = Number.isInteger(scale) && scale >= 0 && scale <= Math.min(30, precision)
      place.demand(scaled, 'scale', scale, 'a whole number from 0 to 30, and no more than the precision')
      const limit = 10n ** BigInt(precision) - 1n
      const units = (option: string, value: string | number): bigint => {
        const [, sign, whole = '', part = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? []
        const fits = whole !== '' && part.length <= scale
        place.demand(fits, option, value, `a number with at most ${scale} digits after the point, such as '12.5'`)
        const read = BigInt(`${whole}${part.padEnd(scale, '0')}`)
        place.demand(read <= limit, option, value, `a number that fits into DECIMAL(${precision}, ${scale})`)
        return sign === '-' ? -read : read
      }
      const least = min === undefined ? -limit : units('min', min)
      const most = max === undefined ? limit : units('max', max)
      demandOrder(place, least, most)
      const count = most - least + 1n
      const dice = place.dice()
      const small = count <= BigInt(MOST) && fits(least) && fits(most)
      if (!small) return (row) => point(least + dice.at(row).belowBig(count), scale)
      const [from, span] = [Number(least), Number(count)]
      return (row) => point(from + dice.at(row).below(span), scale)
    },
  }
}

/** Numbers with a fraction from `min` to `max`, with so many digits behind the point. */
export function float(
  options: { readonly min?: number; readonly max?: number; readonly digits?: number } = {},
): Column<number> {
  return {
    open(place: ColumnPlace) {
      place.demandOptions(options, ['min', 'max', 'digits'])
      const { min = 0, max = 1, digits = 6 } = options
      place.demand(
        Number.isInteger(digits) && digits >= 0 && digits <= 9,
        'digits',
        digits,
        'a whole number from 0 to 9',
      )
      const power = Number(10n ** BigInt(digits))
      const [least, most] = [Math.round(min * power), Math.round(max * power)]
      place.demand(Number.isSafeInteger(least), 'min', min, 'a number that has no more than 15 digits')
      place.demand(Number.isSafeInteger(most), 'max', max, 'a number that has no more than 15 digits')
      demandOrder(place, min, max)
      const dice = place.dice()
      return (row) => (least + dice.at(row).below(most - least + 1)) / power
    },
  }
}

/** True and false, which a file has as 1 and 0. */
export function boolean(options: { readonly likely?: number } = {}): Column<boolean> {
  return {
    open(place: ColumnPlace) {
      place.demandOptions(options, ['likely'])
      const { likely = 0.5 } = options
      place.demand(
        typeof likely === 'number' && likely >= 0 && likely <= 1,
        'likely',
        likely,
        'the share that is true, from 0 to 1',
      )
      const dice = place.dice()
      return (row) => dice.at(row).fraction() < likely
    },
  }
}

function demandOrder<T extends number | bigint>(place: ColumnPlace, min: T, max: T): void {
  place.demand(min <= max, 'min', min, `a min that is not above the max, ${max}`)
}

function fits(units: bigint): boolean {
  return BigInt.asIntN(54, units) === units
}

/** Whole units of the last digit as text with a point. */
function point(units: number | bigint, scale: number): string {
  const negative = units < 0
  const amount = negative ? -units : units
  const digits = (typeof amount === 'number' ? digitsOf(amount) : String(amount)).padStart(scale + 1, '0')
  if (scale === 0) return negative ? `-${digits}` : digits
  const whole = digits.length - scale
  return `${negative ? '-' : ''}${digits.slice(0, whole)}.${digits.slice(whole)}`
}
