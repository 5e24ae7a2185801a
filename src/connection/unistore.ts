/** What our own build of tidb-server reports as its branch. */
export const BRANCH = 'vitest-tidb-unistore'

/**
 * Whether a server stores in unistore as it was released, without what tidb-server/unistore mends in it.
 *
 * @param report what `tidb_version()` returns.
 */
export function isPlainUnistore(report: string): boolean {
  return /^Store: unistore$/m.test(report) && !report.includes(`Git Branch: ${BRANCH}\n`)
}
