import type { Column, ColumnPlace } from './column.ts'

export interface TimeRange {
  /** The first that may come, such as `'2020-01-01'` or `'2020-01-01 08:00:00'`; in UTC if it says no zone. */
  readonly from?: string
  /** The last that may come. */
  readonly to?: string
}

export interface FractionOptions {
  /** Digits of a second, 0 to 6, as in DATETIME(fsp). Default: 0. */
  readonly fsp?: number
}

const DAY_MS = 86_400_000
const LAST_TIMESTAMP = '2038-01-19 03:14:07'

/** Days as `2024-02-29`. Default: 2000 to 2029. */
export function date(options: TimeRange = {}): Column<string> {
  return {
    open(place: ColumnPlace) {
      place.demandOptions(options, ['from', 'to'])
      const { from = '2000-01-01', to = '2029-12-31' } = options
      const [first, last] = range(place, from, to)
      const day = Math.floor(first / DAY_MS)
      const count = Math.floor(last / DAY_MS) - day + 1
      const dice = place.dice()
      return (row) => new Date((day + dice.at(row).below(count)) * DAY_MS).toISOString().slice(0, 10)
    },
  }
}

/** Instants as `2024-02-29 23:59:59.999999`. Default: 2000 to 2029, whole seconds. */
export function dateTime(options: TimeRange & FractionOptions = {}): Column<string> {
  return {
    open(place: ColumnPlace) {
      place.demandOptions(options, ['from', 'to', 'fsp'])
      const { from = '2000-01-01', to = '2029-12-31 23:59:59', fsp = 0 } = options
      place.demand(Number.isInteger(fsp) && fsp >= 0 && fsp <= 6, 'fsp', fsp, 'a whole number from 0 to 6')
      const [first, last] = range(place, from, to)
      const seconds = Math.floor((last - first) / 1_000) + 1
      const dice = place.dice()
      return (row) => {
        const second = first + dice.at(row).below(seconds) * 1_000
        const text = new Date(second).toISOString().slice(0, 19).replace('T', ' ')
        // No fraction in the last second: it may be the last that there is.
        if (fsp === 0 || second + 1_000 > last) return fsp === 0 ? text : `${text}.${'0'.repeat(fsp)}`
        return `${text}.${String(dice.below(1_000_000)).padStart(6, '0').slice(0, fsp)}`
      }
    },
  }
}

/**
 * Instants that a TIMESTAMP holds, 1970 to 2038, in UTC: load them in a session with `time_zone = '+00:00'`, as other
 * zones have hours that do not exist. Default: 2000 to 2029, whole seconds.
 */
export function timestamp(options: TimeRange & FractionOptions = {}): Column<string> {
  return {
    open(place: ColumnPlace) {
      place.demandOptions(options, ['from', 'to', 'fsp'])
      const { from = '2000-01-01', to = '2029-12-31 23:59:59' } = options
      const [first, last] = range(place, from, to)
      place.demand(first > 0, 'from', from, 'an instant after 1970-01-01 00:00:00')
      place.demand(last <= parse(LAST_TIMESTAMP), 'to', to, `an instant up to ${LAST_TIMESTAMP}`)
      return dateTime({ ...options, from, to }).open(place)
    },
  }
}

/** First and last, in ms since 1970. */
function range(place: ColumnPlace, from: string, to: string): [number, number] {
  const [first, last] = [parse(from), parse(to)]
  place.demand(usable(first), 'from', from, "a day or an instant from the years 0001 to 9999, such as '2020-01-31'")
  place.demand(usable(last), 'to', to, "a day or an instant from the years 0001 to 9999, such as '2020-01-31'")
  place.demand(first <= last, 'from', from, `one that is not after ${to}`)
  return [first, last]
}

function usable(ms: number): boolean {
  return ms >= -62_135_596_800_000 && ms <= 253_402_300_799_999
}

/** In ms since 1970; a text without a zone means UTC, whatever the machine's zone is. NaN if it is no time. */
function parse(text: string): number {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d+)?))?(Z|[+-]\d\d:\d\d)?$/.exec(text)
  if (match === null) return Number.NaN
  const [, day, time = '00:00:00', zone = 'Z'] = match
  const ms = Date.parse(`${day}T${time}${zone}`)
  // Date.parse takes the 30th of February for the 1st of March.
  const same = new Date(Date.parse(`${day}T00:00:00Z`)).toISOString().startsWith(day ?? '')
  return same ? ms : Number.NaN
}
