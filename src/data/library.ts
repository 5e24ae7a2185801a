import type { Faker } from '@faker-js/faker'
import type * as English from '@faker-js/faker/locale/en'
import { ConfigError } from '../errors.ts'
import { lazyPackage } from '../lazy-package.ts'
import { isNotInstalled } from '../optional-package.ts'
import type { Column, ColumnPlace } from './column.ts'
import { digitsOf } from './digits.ts'

export interface LibraryOptions {
  /** How many different values are drawn from the library, of which the rows then have one each. Default: 4,096. */
  readonly distinct?: number
}

const DISTINCT = 4_096
/** The library's own dates are before or after this one: it would take today's otherwise. */
const REFERENCE = '2026-01-01T00:00:00Z'

/**
 * Values of the library faker, in English: https://fakerjs.dev/api/
 *
 * A value of its takes a few microseconds, so a column draws some thousand at first, and its rows choose among them.
 *
 * @throws {ConfigError} if the package is not installed: it is an optional peer.
 * @example library((faker) => faker.commerce.productName())
 */
export function library<T extends string | number | boolean>(
  draw: (faker: Faker) => T,
  options: LibraryOptions = {},
): Column<T> {
  return {
    open(place: ColumnPlace) {
      place.demandOptions(options, ['distinct'])
      const { distinct = DISTINCT } = options
      const usable = Number.isInteger(distinct) && distinct >= 1 && distinct <= 1_000_000
      place.demand(usable, 'distinct', distinct, 'a whole number from 1 to 1000000')
      const faker = seededFaker(place)
      const values = Array.from({ length: distinct }, () => draw(faker))
      const dice = place.dice()
      return (row) => values[dice.at(row).below(distinct)] as T
    },
  }
}

/** Names of people, such as `Ada Brown`. */
export function fullName(options?: LibraryOptions): Column<string> {
  return library((faker) => faker.person.fullName(), options)
}

/** Addresses of mail; with `unique`, no two rows have the same. */
export function email({
  unique = false,
  ...options
}: LibraryOptions & { readonly unique?: boolean } = {}): Column<string> {
  const some = library((faker) => faker.internet.email(), options)
  if (!unique) return some
  return {
    open(place: ColumnPlace) {
      const cell = some.open(place)
      return (row, before) => cell(row, before).replace('@', `.${digitsOf(row)}@`)
    },
  }
}

/** Streets with a number. */
export function address(options?: LibraryOptions): Column<string> {
  return library((faker) => faker.location.streetAddress(), options)
}

/** Names of towns. */
export function city(options?: LibraryOptions): Column<string> {
  return library((faker) => faker.location.city(), options)
}

/** A word each. */
export function word(options?: LibraryOptions): Column<string> {
  return library((faker) => faker.lorem.word(), options)
}

/** A sentence each. */
export function sentence(options?: LibraryOptions): Column<string> {
  return library((faker) => faker.lorem.sentence(), options)
}

/** A faker of the column's own: the library's ready-made one may be in use by others, with a seed of theirs. */
function seededFaker(place: ColumnPlace): Faker {
  const { faker: shared } = loadEnglish(place.name)
  const seed = place.seed('library')
  const faker = new (shared.constructor as typeof Faker)({ locale: shared.rawDefinitions, seed })
  faker.setDefaultRefDate(REFERENCE)
  return faker
}

// All languages would take 50 MB and 0.1 s; this one takes 11 MB.
const english = lazyPackage<typeof English>('@faker-js/faker/locale/en')

function loadEnglish(column: string): typeof English {
  try {
    return english()
  } catch (cause) {
    if (!isNotInstalled(cause, '@faker-js/faker')) throw cause
    const setting = `columns.${column}`
    throw new ConfigError([setting], `${setting} has values of the package @faker-js/faker, which is not installed`, {
      hints: ['npm i -D @faker-js/faker'],
      cause,
    })
  }
}
