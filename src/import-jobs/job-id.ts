import { ImportJobError } from '../errors.ts'

/** A job, or its number. */
export type JobReference = string | number | bigint | { readonly id: string }

const LARGEST = 2n ** 63n - 1n

/**
 * The number of an import job as text, fit to be put into a statement: the grammar of SHOW IMPORT JOB takes digits only.
 *
 * @throws {ImportJobError} if it is not a number, or more than the server can count.
 */
export function toJobId(job: JobReference): string {
  const text = typeof job === 'object' ? job.id : String(job).trim()
  if (!/^\d+$/.test(text) || BigInt(text) > LARGEST) {
    throw new ImportJobError(undefined, `${JSON.stringify(String(text))} is not the number of an import job`, {
      hints: ['give the Job_ID of SHOW IMPORT JOBS: a whole number'],
    })
  }
  return text
}
