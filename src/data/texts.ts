import type { Cell, Column, ColumnPlace } from './column.ts'
import type { Dice } from './dice.ts'
import { digitsOf } from './digits.ts'

/** How long: a number, or a range with both ends included. */
export type Length = number | { readonly min: number; readonly max: number }

const LETTERS = 'etaoinshrdlucmfwypvbgkETAOINS   '
/** All pairs of 32 letters: ten random bits choose one. */
const PAIRS = Array.from({ length: 1_024 }, (_, bits) => `${LETTERS[bits >> 5]}${LETTERS[bits & 31]}`)
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Letters and spaces, so many characters of them; one byte each. Default: 1 to 40. */
export function text(options: { readonly length?: Length } = {}): Column<string> {
  return sized(options, { min: 1, max: 40 }, (dice, count) => {
    let letters = ''
    for (let left = count; left > 0; left -= 6) {
      const bits = dice.bits()
      const six = `${PAIRS[bits & 1_023]}${PAIRS[(bits >>> 10) & 1_023]}${PAIRS[(bits >>> 20) & 1_023]}`
      letters += left >= 6 ? six : six.slice(0, left)
    }
    return letters
  })
}

/** Ranges of code points that UTF-8 writes in 2, 3 and 4 bytes, and the signs among them that are told apart by case. */
const SCRIPTS = [
  [0x61, 26],
  [0xe0, 23],
  [0x3b1, 17],
  [0x430, 32],
  [0x5d0, 27],
  [0x4e00, 20_000],
  [0x3042, 80],
  [0xac00, 11_172],
  [0x1f600, 80],
  [0x1f680, 70],
  [0x20000, 40_000],
] as const

/** Text of many scripts, with emoji and signs of four bytes; so many code points of it. Default: 1 to 20. */
export function unicode(options: { readonly length?: Length } = {}): Column<string> {
  return sized(options, { min: 1, max: 20 }, (dice, count) => {
    let signs = ''
    for (let left = count; left > 0; left -= 1) {
      const [first, many] = SCRIPTS[dice.below(SCRIPTS.length)] ?? SCRIPTS[0]
      signs += String.fromCodePoint(first + dice.below(many))
    }
    return signs
  })
}

const AWKWARD = [
  ...['', ' ', ',', ';', '\t', '|', '"', '""', "'", '`', '\\', '\\\\', '\\N', '\\n', '\n', '\r\n', '\r', '\0', '\x1a'],
  ...[
    'NULL',
    'null',
    'DEFAULT',
    '\\"',
    '",',
    ',"',
    '\\,',
    '%',
    '_',
    '#',
    '--',
    '/*',
    '0',
    'x',
    'é',
    '😀',
    '\b',
    '\x7f',
  ],
]

/** What a sloppy reader or writer gets wrong: separators, quotes, line ends, backslashes, `\N`, the word NULL, nothing. */
export function awkwardText(): Column<string> {
  return sized({}, { min: 0, max: 4 }, (dice, count) => {
    let pieces = ''
    for (let left = count; left > 0; left -= 1) pieces += AWKWARD[dice.below(AWKWARD.length)]
    return pieces
  })
}

/** Random UUIDs, as text. https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-4 */
export function uuid(): Column<string> {
  return {
    open(place: ColumnPlace) {
      const dice = place.dice()
      return (row) => {
        dice.at(row)
        const [a, b, c, d] = [dice.bits(), dice.bits(), dice.bits(), dice.bits()]
        const version = `4${hex32(b).slice(5)}`
        const variant = hex32((c & 0x3fffffff) | 0x80000000)
        return `${hex32(a)}-${hex32(b).slice(0, 4)}-${version}-${variant.slice(0, 4)}-${variant.slice(4)}${hex32(d)}`
      }
    },
  }
}

/** Hexadecimal digits as text; `length` counts the digits. */
export function hex(options: { readonly length?: Length } = {}): Column<string> {
  return sized(options, 32, (dice, count) => {
    let digits = ''
    while (digits.length < count) digits += hex32(dice.bits())
    return digits.slice(0, count)
  })
}

/** Bytes, for BINARY and BLOB. CSV and TSV have them in hexadecimal digits: load with `SET b = unhex(@b)`. */
export function bytes(options: { readonly length?: Length } = {}): Column<Buffer> {
  return sized(options, 16, (dice, count) => {
    const buffer = Buffer.allocUnsafe(count)
    for (let at = 0; at < count; at += 1) buffer[at] = dice.bits()
    return buffer
  })
}

/** JSON objects with a number, a text, a truth, a null and a list; written as the server prints them. */
export function json(): Column<string> {
  return {
    open(place: ColumnPlace) {
      const dice = place.dice()
      return (row) => {
        const number = dice.at(row).below(1_000_000)
        const list = Array.from({ length: dice.below(4) }, () => digitsOf(dice.below(100))).join(', ')
        const truth = dice.below(2) === 0
        return `{"a": ${digitsOf(number)}, "b": "${PAIRS[dice.below(PAIRS.length)]?.trim()}", "c": ${truth}, "d": null, "e": [${list}]}`
      }
    },
  }
}

function sized<T extends string | Buffer>(
  options: { readonly length?: Length },
  usual: Length,
  make: (dice: Dice, count: number) => T,
): Column<T> {
  return {
    open(place: ColumnPlace): Cell<T> {
      place.demandOptions(options, ['length'])
      const { length = usual } = options
      const { min, max } = typeof length === 'number' ? { min: length, max: length } : length
      demandLength(place, length, min, max)
      const dice = place.dice()
      return (row) => make(dice.at(row), min === max ? min : min + dice.below(max - min + 1))
    },
  }
}

function demandLength(place: ColumnPlace, length: Length, min: number, max: number): void {
  const known = typeof length === 'number' || Object.keys(length).every((name) => name === 'min' || name === 'max')
  const whole = known && Number.isInteger(min) && Number.isInteger(max) && min >= 0 && max <= 16_777_215
  place.demand(whole && min <= max, 'length', length, 'a whole number from 0 to 16777215, or { min, max } of them')
}

function hex32(bits: number): string {
  return `${HEX[bits >>> 24]}${HEX[(bits >>> 16) & 255]}${HEX[(bits >>> 8) & 255]}${HEX[bits & 255]}`
}
