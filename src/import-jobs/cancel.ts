import { ImportJobError, StatementError } from '../errors.ts'
import type { ImportJob } from './import-job.ts'
import { toJobId, type JobReference } from './job-id.ts'
import type { Querier } from '../connection/ask.ts'
import { showImportJob } from './show.ts'

// https://docs.pingcap.com/tidb/stable/error-codes/ : ER_LOAD_DATA_INVALID_OPERATION, the job has ended
const HAS_ENDED = 8171

/**
 * CANCEL IMPORT JOB, which answers once the job was ended: 1 to 3 s. A job that has ended by then is left as it is.
 *
 * @returns the job as it then is; undefined if the server no longer has it.
 * @throws {ImportJobError} if there is no such job, or this user may not cancel it.
 */
export async function cancelImportJob(
  querier: Querier,
  job: JobReference,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<ImportJob | undefined> {
  const id = toJobId(job)
  try {
    await querier.query(`cancel import job ${id}`, [], { signal })
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
    if (error.errno !== HAS_ENDED) {
      const { host, answer, hints } = error
      throw new ImportJobError(id, `import job ${id} can't be cancelled`, { host, answer, hints, cause: error })
    }
  }
  return showImportJob(querier, id, { signal })
}
