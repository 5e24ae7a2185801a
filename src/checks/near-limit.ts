import { formatShare } from '../number-format.ts'
import type { Problem } from './finding.ts'

/** What a tidb-server uses of something, and the most that it may; 0 if there is no limit. */
export interface Use {
  readonly instance: string
  readonly used: string | number
  readonly most: string | number
}

/** The tidb-servers that use more than this part of their limit. @param say how much that is, in words. */
export function nearLimit(rows: readonly Use[], share: number, say: (used: number, most: number) => string): Problem[] {
  return rows
    .map(({ instance, used, most }) => ({ instance, used: Number(used), most: Number(most) }))
    .filter(({ used, most }) => most > 0 && used / most > share)
    .map(({ instance, used, most }) => ({
      subject: { kind: 'node', name: `tidb ${instance}` },
      message: `${say(used, most)}, ${formatShare(used / most)}`,
      observed: used / most,
      limit: share,
    }))
}
