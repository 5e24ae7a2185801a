import type * as Zones from '@date-fns/tz'
import type { Querier } from '../connection/ask.ts'
import { lazyPackage } from '../lazy-package.ts'

const zones = lazyPackage<typeof Zones>('@date-fns/tz')

const DAY_MS = 86_400_000

const TIME = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/

/**
 * The instant of a time as the server printed it, in a zone such as `Asia/Tokyo`, `+05:00` or `UTC`.
 *
 * @returns undefined for NULL, for the zero time, if either is not understood, and for a time that the clocks of the zone
 * show twice, when its summer time ends: which of the two it is, the text does not say.
 */
export function parseTime(text: string | undefined, zone: string): Date | undefined {
  const instants = possibleInstants(text, zone)
  return instants.length === 1 ? instants[0] : undefined
}

/** Every instant that the clocks of the zone show like that: none, one, or two when its summer time ends. */
export function possibleInstants(text: string | undefined, zone: string): Date[] {
  const match = TIME.exec(text ?? '')
  if (match === null || match[1] === '0000') return []
  const [, year, month, day, hours, minutes, seconds, fraction = ''] = match
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3))
  const asUtc = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
    ms,
  )
  const offsets = offsetsAround(asUtc, zone)
  const instants = offsets.map((offset) => new Date(asUtc - offset * 60_000))
  return offsets.length === 1 ? instants : instants.filter((at, index) => zones().tzOffset(zone, at) === offsets[index])
}

/** By zone and day: the library takes its time, and ten thousand jobs are of few days. */
const offsetsOfDays = new Map<string, readonly number[]>()
const MOST_DAYS = 10_000

/** Minutes that a zone is from UTC before and after any change of its clocks at about that time; none if nobody knows it. */
function offsetsAround(asUtc: number, zone: string): readonly number[] {
  const day = Math.floor(asUtc / DAY_MS)
  const key = `${day} ${zone}`
  let offsets = offsetsOfDays.get(key)
  if (offsets === undefined) {
    const { tzOffset } = zones()
    const days = [day - 1, day + 2].map((at) => tzOffset(zone, new Date(at * DAY_MS)))
    offsets = [...new Set(days)].filter((offset) => !Number.isNaN(offset))
    if (offsetsOfDays.size >= MOST_DAYS) offsetsOfDays.clear()
    offsetsOfDays.set(key, offsets)
  }
  return offsets
}

/** When a job was created, started and ended; undefined where it was not. */
export interface JobInstants {
  readonly createTime: Date | undefined
  readonly startTime: Date | undefined
  readonly endTime: Date | undefined
}

/** Asks the table behind SHOW IMPORT JOBS, which knows which of two equal times it was. Empty if this user may not read it. */
export async function jobInstants(
  querier: Querier,
  jobs: readonly { readonly id: string }[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, JobInstants>> {
  const instant = (seconds: string | number | null) =>
    seconds === null ? undefined : new Date(Number(seconds) * 1_000)
  try {
    const rows = await querier.query<Record<'id' | 'created' | 'started' | 'ended', string | number | null>>(
      `select cast(id as char) as id, unix_timestamp(create_time) as created, unix_timestamp(start_time) as started,
        unix_timestamp(end_time) as ended from mysql.tidb_import_jobs where id in (${jobs.map(({ id }) => id).join(', ')})`,
      [],
      { signal },
    )
    return new Map(
      rows.map(({ id, created, started, ended }) => [
        String(id),
        { createTime: instant(created), startTime: instant(started), endTime: instant(ended) },
      ]),
    )
  } catch {
    // What is not known then stays unknown.
    return new Map()
  }
}

/**
 * The zone in which SHOW IMPORT JOBS prints its times. It is not that of the session that asks, but of the server's own
 * internal ones. Measured on 8.5.6: that of the machine, as it was when the tables were made, even if the global time_zone
 * is another and the server was started again since. Other releases may do otherwise: so a job is looked up in the table
 * behind the statement, where its time is known, and the zone that makes one of the other is taken; a user who may not
 * read that table gets the zone of the machine.
 *
 * @param sample a job and its Create_Time as printed.
 */
export async function zoneOfJobTimes(
  querier: Querier,
  sample: { readonly id: string; readonly createTime: string },
): Promise<string> {
  const [zones] = await querier.query<{ declared: string; machine: string }>(
    'select @@global.time_zone as declared, @@system_time_zone as machine',
  )
  const { declared = 'SYSTEM', machine = 'UTC' } = zones ?? {}
  const actual = await actualCreateTime(querier, sample.id)
  if (actual === undefined) return machine
  const printed = (zone: string) =>
    possibleInstants(sample.createTime, zone).map((at) => Math.floor(Number(at) / 1_000))
  const zone = [machine, declared, 'UTC'].find((candidate) => printed(candidate).includes(actual))
  return zone ?? offset((printed('UTC')[0] ?? Number.NaN) - actual)
}

/** When a job was created, in whole seconds since 1970; undefined if the user may not read it. */
async function actualCreateTime(querier: Querier, id: string): Promise<number | undefined> {
  try {
    const [row] = await querier.query<{ at: string | number }>(
      `select unix_timestamp(create_time) as at from mysql.tidb_import_jobs where id = ${id}`,
    )
    return row && Math.floor(Number(row.at))
  } catch {
    // Only what this user may see is missing, and the zone of the machine is as good on all releases that were measured.
    return undefined
  }
}

/** A distance from UTC in seconds as a zone: `+05:30`. */
function offset(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
