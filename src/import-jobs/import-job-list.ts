import type { Querier } from '../connection/ask.ts'
import type { ImportJob } from './import-job.ts'
import type { ImportJobMonitor } from './monitor.ts'
import { listImportJobs, type ShowOptions } from './show.ts'

/** The import jobs of a server, as one user may see them: an array of them, with what else is known beside it. */
export class ImportJobList extends Array<ImportJob> {
  // Private, with getters: a list equals the plain array of its jobs.
  #about: ListAbout = { view: 'own', user: '', readAt: new Date(0), monitor: undefined }

  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }

  static made(jobs: readonly ImportJob[], about: ListAbout): ImportJobList {
    const list = new ImportJobList()
    for (const job of jobs) list.push(job)
    list.#about = about
    return list
  }

  /** `all` jobs of the cluster with SUPER; without, only the user's `own`. */
  get view(): 'all' | 'own' {
    return this.#about.view
  }

  /** `user@host` of the account that asked. */
  get user(): string {
    return this.#about.user
  }

  /** When the list was made, by the server's clock. */
  get readAt(): Date {
    return this.#about.readAt
  }

  /** What can go on polling these jobs. */
  get monitor(): ImportJobMonitor | undefined {
    return this.#about.monitor
  }

  /** Which jobs these are, in a few words. */
  describeView(): string {
    return this.view === 'all' ? 'all jobs of the cluster' : `only jobs of ${this.user}, who has no SUPER`
  }
}

interface ListAbout {
  readonly view: 'all' | 'own'
  readonly user: string
  readonly readAt: Date
  readonly monitor: ImportJobMonitor | undefined
}

/** Lists the import jobs, and says which of them this user may see. */
export async function readImportJobList(
  querier: Querier,
  monitor: ImportJobMonitor | undefined,
  options: ShowOptions = {},
): Promise<ImportJobList> {
  const { signal } = options
  const jobs = await listImportJobs(querier, options)
  const [about] = await querier.query<{ user: string; now: string | number }>(
    'select current_user() as user, unix_timestamp(now(6)) as now',
    [],
    { signal },
  )
  const view = (await isSuper(querier, signal)) ? 'all' : 'own'
  return ImportJobList.made(jobs, {
    view,
    user: about?.user ?? '',
    readAt: new Date(Number(about?.now) * 1_000),
    monitor,
  })
}

/** Whether the user, or a role that is active, has SUPER: https://docs.pingcap.com/tidb/stable/privilege-management/ */
async function isSuper(querier: Querier, signal: AbortSignal | undefined): Promise<boolean> {
  const grants = await querier.query('show grants', [], { signal })
  return grants.some((grant) =>
    /^GRANT (?:ALL PRIVILEGES|(?:.*, ?)?SUPER\b).* ON \*\.\* /i.test(String(Object.values(grant)[0])),
  )
}
