import { DefaultValue, type Cell, type Column, type ColumnPlace, type DataValue } from './column.ts'

// Each changes some rows of a column, and none of its other values: they have dice of their own.

/** The same column with NULL in that part of its rows, from 0 to 1. */
export function nulls<T extends DataValue>(column: Column<T>, rate: number): Column<T | null> {
  return sometimes(column, 'nulls', rate, () => null)
}

/**
 * The same column with the DEFAULT of the table in that part of its rows. SQL has the word DEFAULT there; CSV and TSV,
 * which have no sign for it, have `\N`: load them with `SET c = ifnull(@c, 'new')`.
 */
export function defaults<T extends DataValue>(
  column: Column<T>,
  options: { readonly rate: number; readonly is: DefaultValue['is'] },
): Column<T | DefaultValue> {
  return {
    open(place: ColumnPlace) {
      place.demandOptions(options, ['rate', 'is'])
      const value = new DefaultValue(options.is)
      return sometimes(column, 'defaults', options.rate, () => value).open(place)
    },
  }
}

/** The same column with values of earlier rows in that part of its rows: for keys that are there twice. */
export function duplicates<T extends DataValue>(column: Column<T>, rate: number): Column<T> {
  return {
    open(place: ColumnPlace) {
      demandRate(place, rate)
      const original = column.open(place)
      const dice = place.dice('duplicates')
      const cell: Cell<T> = (row, before) => {
        let at = row
        // An earlier row that is itself a copy is followed to what it copies, so that the value is there before.
        while (at > 0 && dice.at(at).fraction() < rate) at = dice.below(at)
        return original(at, before)
      }
      return cell
    },
  }
}

function sometimes<T extends DataValue, U extends DataValue>(
  column: Column<T>,
  part: string,
  rate: number,
  instead: () => U,
): Column<T | U> {
  return {
    open(place: ColumnPlace) {
      demandRate(place, rate)
      const cell = column.open(place)
      const dice = place.dice(part)
      return (row, before) => (dice.at(row).fraction() < rate ? instead() : cell(row, before))
    },
  }
}

function demandRate(place: ColumnPlace, rate: number): void {
  place.demand(typeof rate === 'number' && rate >= 0 && rate <= 1, 'rate', rate, 'a share of the rows, from 0 to 1')
}
