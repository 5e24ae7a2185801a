import { formatShare } from '../number-format.ts'
import type { Problem } from './finding.ts'

/** What a node uses of something, and the most that it may; 0 if there is no limit. */
export interface Use {
  /** Default: tidb. */
  readonly type?: string
  readonly instance: string
  readonly used: string | number
  readonly most: string | number
}

/** The nodes that use more than this part of their limit. @param say how much that is, in words. */
export function nearLimit(rows: readonly Use[], share: number, say: (used: number, most: number) => string): Problem[] {
  return rows
    .map(({ type = 'tidb', instance, used, most }) => ({
      name: `${type} ${instance}`,
      used: Number(used),
      most: Number(most),
    }))
    .filter(({ used, most }) => most > 0 && used / most > share)
    .map(({ name, used, most }) => ({
      subject: { kind: 'node', name },
      message: `${say(used, most)}, ${formatShare(used / most)}`,
      observed: used / most,
      limit: share,
    }))
}
