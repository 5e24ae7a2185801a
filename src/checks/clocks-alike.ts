import { performance } from '../clock.ts'
import type { Querier } from '../connection/ask.ts'
import { CheckError } from '../errors.ts'
import { formatDuration } from '../number-format.ts'
import { defineCheck } from './check.ts'
import type { Problem } from './finding.ts'
import { durationLimit } from './limits.ts'

const NAME = 'clocks-alike'
const FROM = 'from information_schema.cluster_memory_usage where'
const FAR = `select 'behind' as way, instance ${FROM} sysdate(6) < now(6) - interval ? microsecond
  union all select 'ahead', instance ${FROM} sysdate(6) > now(6) + interval ? microsecond`
/** How far PD lets its timestamps be behind its clock: https://docs.pingcap.com/tidb/stable/pd-configuration-file/ */
const PD_BEHIND_MS = 50

type Way = 'behind' | 'ahead'

/**
 * What is wrong with a clock that was found to be off by so much, in an answer that took so long: it may have been read
 * at the end of it, and so be ahead by less.
 *
 * @throws {CheckError} if that is not known for this reason.
 */
export function farClock(
  name: string,
  way: Way,
  { off, took, apart }: Record<'off' | 'took' | 'apart', number>,
): Problem {
  const certain = way === 'ahead' ? off - took : off
  if (certain <= 0) {
    const why = `not available here, because the answer took ${formatDuration(took)}, and clocks may be ${formatDuration(apart)} apart`
    throw new CheckError(NAME, why, { silence: 'not-available', hints: ['ask again, or raise clocks-alike.apart'] })
  }
  return {
    subject: { kind: 'node', name },
    message:
      way === 'ahead'
        ? `its clock is ${formatDuration(off)} or more ahead of that of the tidb-server that was asked, less the ${formatDuration(took)} that the answer took`
        : `its clock is ${formatDuration(off)} or more behind that of the tidb-server that was asked`,
    observed: certain,
    limit: apart,
  }
}

/**
 * The clocks of the tidb-servers and of PD agree with that of the tidb-server that is asked, as far as it can be known
 * through answers that take their time. Of TiKV and TiFlash, no statement tells.
 */
export const clocksAlike = defineCheck({
  name: NAME,
  title: 'The clocks of the tidb-servers and of PD agree',
  severity: 'warning',
  limits: { apart: durationLimit('500ms', 'how far a clock may be from that of the tidb-server that is asked') },
  needs: { nodes: true, everyNode: true, privileges: ['PROCESS', 'SELECT'] },
  advice: 'see whether NTP or chrony runs on that machine: transactions, logs and TTL go by its clock',
  docs: 'https://docs.pingcap.com/tidb/stable/check-before-deployment/',
  source: 'sysdate() in information_schema.cluster_memory_usage; @@tidb_last_query_info',
  async run({ session, facts, limits: { apart } }) {
    const micros = Math.round(apart * 1_000)
    // Each tidb-server carries out sysdate() in a condition itself; now() is the begin of the statement, where it was sent.
    const plan = await session.query<{ id: string; task: string }>(`explain ${FAR}`, [micros, micros])
    const conditions = plan.filter(({ id }) => id.includes('Selection'))
    if (conditions.length < 2 || conditions.some(({ task }) => task !== 'cop[tidb]')) {
      const why = 'not available here, because in this release not every tidb-server reads its own clock'
      throw new CheckError(NAME, why, { silence: 'not-applicable' })
    }
    const begin = performance.now()
    const servers = await session.query<{ way: Way; instance: string }>(FAR, [micros, micros])
    const took = performance.now() - begin
    const problems = servers.map(({ way, instance }) => farClock(`tidb ${instance}`, way, { off: apart, took, apart }))
    // A server on unistore has none, and gives out timestamps by its own clock.
    if (!(await facts.nodes()).some(({ type }) => type === 'pd')) return problems
    const pd = await clockOfPd(session)
    if (pd.off > apart) return [...problems, farClock('pd', 'ahead', { ...pd, apart })]
    const behind = -pd.off - PD_BEHIND_MS
    if (behind > apart) return [...problems, farClock('pd', 'behind', { ...pd, off: behind, apart })]
    return problems
  },
})

/** How far a timestamp of PD is ahead of the clock that is asked, in ms: it was given out while the statement went on. */
async function clockOfPd(session: Querier): Promise<{ readonly off: number; readonly took: number }> {
  const begin = performance.now()
  const [row] = await session.query<{ now: string }>(
    'select cast(unix_timestamp(now(6)) as char) as now from mysql.tidb limit 1',
  )
  const took = performance.now() - begin
  const [info] = await session.query<{ last: string }>('select @@tidb_last_query_info as last')
  const [, timestamp = '0'] = /"start_ts":(\d+)/.exec(info?.last ?? '') ?? []
  // The lower 18 bits count within the ms.
  return { off: Number(BigInt(timestamp) >> 18n) - Number(row?.now) * 1_000, took }
}
