import type { Cell, Column, ColumnPlace, DataValue } from './column.ts'

/** The same value in each row. */
export function constant<const T extends DataValue>(value: T): Column<T> {
  return { open: () => () => value }
}

/**
 * One of some values, for ENUM and the like.
 *
 * @example oneOf(['new', 'paid', 'sent'], { weights: [1, 2, 7] }) // 70% are sent
 */
export function oneOf<const T extends DataValue>(
  values: readonly T[],
  options: { readonly weights?: readonly number[] } = {},
): Column<T> {
  return {
    open(place: ColumnPlace) {
      place.demandOptions(options, ['weights'])
      const { weights } = options
      place.demand(Array.isArray(values) && values.length > 0, 'values', values, 'at least one value')
      const dice = place.dice()
      if (weights === undefined) return (row) => values[dice.at(row).below(values.length)] as T
      const usable = weights.length === values.length && weights.every((weight) => weight >= 0)
      place.demand(usable, 'weights', weights, `${values.length} numbers, one for each value, none below 0`)
      let total = 0
      const bounds = weights.map((weight) => (total += weight))
      place.demand(total > 0, 'weights', weights, 'at least one above 0')
      return (row) => {
        const random = dice.at(row).fraction() * total
        return values[bounds.findIndex((bound) => random < bound)] as T
      }
    },
  }
}

/**
 * A value that follows from the others of its row: those of the columns before it, and the number of the row from 0.
 *
 * @example computed(({ id, city }) => `${city}-${id}`)
 */
export function computed<T extends DataValue>(
  make: (values: Readonly<Record<string, DataValue>>, row: number) => T,
): Column<T> {
  return {
    open({ before: names }): Cell<T> {
      return (row, before) => make(Object.fromEntries(names.map((name, at) => [name, before[at] as DataValue])), row)
    },
  }
}
