import type { Querier } from '../connection/ask.ts'

/** What the clock of the server says, in ms since 1970: times of jobs are by that clock. */
export async function serverClock(querier: Querier, signal?: AbortSignal): Promise<number> {
  const [row] = await querier.query<{ now: string | number }>('select unix_timestamp(now(6)) as now', [], { signal })
  return Number(row?.now) * 1_000
}
