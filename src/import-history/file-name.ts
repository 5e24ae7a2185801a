import { createHash } from 'node:crypto'

const MAX_SHOWN = 60

/**
 * File of a job's history: what of its name any file system takes, and a hash of the whole name, by which two names
 * never share a file.
 *
 * @example fileNameOf('`shop`.`orders`') // 'shop.orders-<12 hex digits>.jsonl'
 */
export function fileNameOf(name: string): string {
  const shown = name
    .replaceAll('`', '')
    .replaceAll(/[^\w.-]+/g, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, MAX_SHOWN)
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12)
  return `${shown === '' ? '' : `${shown}-`}${hash}.jsonl`
}
