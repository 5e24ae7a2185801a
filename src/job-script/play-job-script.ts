import { aborted, JobScriptError } from '../errors.ts'
import { Play, type PlayOptions } from './play.ts'
import type { JobScript } from './script.ts'

/**
 * Plays a job script into the job tables of a TiDB, so that its own SHOW IMPORT JOBS shows the jobs advance and end.
 * The jobs that are there from the beginning are there when this resolves.
 *
 * @throws {JobScriptError} if the server is not ours, and then nothing was written; or if it refuses.
 * @example
 * await using play = await playJobScript(script, { querier: tidb, database, ours: tidbServer.ours, clock: 'manual' })
 * await play.step('orders')
 */
export async function playJobScript(script: JobScript, options: PlayOptions): Promise<Play> {
  const { where, jobs } = script
  const { querier, ours, database, signal, speed = 1 } = options
  if (!ours) {
    throw new JobScriptError(`the job script ${where} was not played: this run did not start the server`, {
      hints: ['it would write into the job tables of the server: leave TIDB_HOST unset, or use startTiDB()'],
    })
  }
  if (!(speed > 0 && Number.isFinite(speed))) throw new JobScriptError(`speed is ${speed}; allowed: a number above 0`)
  const homeless = jobs.find((job) => (job.columns.table_schema ?? job.database ?? database) === undefined)
  if (homeless !== undefined) {
    throw new JobScriptError(`${where}: job "${homeless.name}" has no database: give it one, or play it into one`)
  }
  if (signal?.aborted) throw aborted(`playing the job script ${where}`, signal)
  const [row] = await querier.query<{ user: string }>('select current_user() as user')
  const play = new Play(script, options, row?.user ?? '')
  try {
    await play.begin()
  } catch (error) {
    // Whatever else the clean-up meets: what failed first is what matters.
    await play.stop().catch(() => undefined)
    throw error
  }
  return play
}
