import type { ImportJob } from '../import-jobs/import-job.ts'
import { serverClock } from '../import-jobs/server-clock.ts'
import { listImportJobs } from '../import-jobs/show.ts'
import { formatDuration } from '../number-format.ts'
import { defineCheck } from './check.ts'
import type { Problem } from './finding.ts'
import { durationLimit } from './limits.ts'

interface Allowed {
  readonly pendingFor: number
  readonly idleFor: number
  readonly runningFor: number
}

/** What is wrong with a job that is not over, at that time of the server in ms; nothing if the server tells none of its times. */
export function standing(job: ImportJob, now: number, allowed: Allowed): Problem | undefined {
  const { pendingFor, idleFor, runningFor } = allowed
  const { createTime, startTime, lastUpdateTime } = job
  const queued = job.meaning === 'queued'
  const kinds = [
    { since: queued ? createTime : undefined, most: pendingFor, what: 'has been pending' },
    { since: queued ? undefined : lastUpdateTime, most: idleFor, what: 'has stood still' },
    { since: queued ? undefined : startTime, most: runningFor, what: 'has been running' },
  ]
  for (const { since, most, what } of kinds) {
    const age = since === undefined ? 0 : now - since.getTime()
    if (since === undefined || age <= most) continue
    return {
      subject: { kind: 'job', name: `import job ${job.id}` },
      message: `into ${job.targetTable} ${what} for ${formatDuration(age)}`,
      observed: age,
      limit: most,
    }
  }
  return undefined
}

/** No import job waits, stands still or runs for long. Before 9.0 the server does not tell when a job last moved. */
export const importsMoving = defineCheck({
  name: 'imports-moving',
  title: 'No import job waits, stands still or runs for long',
  severity: 'warning',
  limits: {
    pendingFor: durationLimit('1h', 'how long a job may be pending'),
    idleFor: durationLimit('10m', 'how long ago it may have moved last, if the server says (from 9.0 on)'),
    runningFor: durationLimit('24h', 'how long it may run'),
  },
  // Without it, the server lists only jobs of the user's own.
  needs: { privileges: ['SUPER'] },
  advice: 'see whether the tidb-servers that carry it out are there and have room; CANCEL IMPORT JOB gives it up',
  docs: 'https://docs.pingcap.com/tidb/stable/sql-statement-show-import-job/',
  source: 'SHOW IMPORT JOBS',
  async run({ session, limits }) {
    const now = await serverClock(session)
    const active = (await listImportJobs(session)).filter((job) => job.active)
    return active.map((job) => standing(job, now, limits)).filter((problem) => problem !== undefined)
  },
})
