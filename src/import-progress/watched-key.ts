import type { ImportProgress } from '../import-jobs/import-record.ts'

/** What tells the jobs that one worker watches apart: two servers may each have a job with the same number. */
export function watchedKey({ jobId, name }: ImportProgress): string {
  return JSON.stringify([jobId, name])
}
