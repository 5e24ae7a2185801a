import type * as Zones from '@date-fns/tz'
import type { Querier } from '../connection/ask.ts'
import { lazyPackage } from '../lazy-package.ts'

const zones = lazyPackage<typeof Zones>('@date-fns/tz')

const TIME = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/

/**
 * The instant of a time as the server printed it, in a zone such as `Asia/Tokyo`, `+05:00` or `UTC`.
 *
 * @returns undefined for NULL, for the zero time, or if either is not understood.
 */
export function parseTime(text: string | undefined, zone: string): Date | undefined {
  const match = TIME.exec(text ?? '')
  if (match === null || match[1] === '0000') return undefined
  const [, year, month, day, hours, minutes, seconds, fraction = ''] = match
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3))
  const parts = [Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds)] as const
  const { TZDate } = zones()
  const at = new TZDate(...parts, ms, zone).getTime()
  return Number.isNaN(at) ? undefined : new Date(at)
}

/**
 * The zone in which SHOW IMPORT JOBS prints its times. It is not that of the session that asks, but of the server's own
 * internal ones: the global time_zone as it was when they were made. Measured on 8.5: one created before
 * `SET GLOBAL time_zone` goes on printing in the old one. So a job is looked up in the table behind the statement, where
 * its time is known, and the zone that makes one of the other is taken; a user who may not read that table gets the
 * global time_zone.
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
  const likely = declared === 'SYSTEM' ? machine : declared
  const actual = await actualCreateTime(querier, sample.id)
  if (actual === undefined) return likely
  const printed = (zone: string) => Math.floor((parseTime(sample.createTime, zone)?.getTime() ?? Number.NaN) / 1_000)
  const zone = [likely, machine, 'UTC'].find((candidate) => printed(candidate) === actual)
  return zone ?? offset(printed('UTC') - actual)
}

/** When a job was created, in whole seconds since 1970; undefined if the user may not read it. */
async function actualCreateTime(querier: Querier, id: string): Promise<number | undefined> {
  try {
    const [row] = await querier.query<{ at: string | number }>(
      `select unix_timestamp(create_time) as at from mysql.tidb_import_jobs where id = ${id}`,
    )
    return row && Math.floor(Number(row.at))
  } catch {
    // Only what this user may see is missing, and the zone that the server declares is as good in nearly all cases.
    return undefined
  }
}

/** A distance from UTC in seconds as a zone: `+05:30`. */
function offset(seconds: number): string {
  const minutes = Math.round(Math.abs(seconds) / 60)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${seconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}
