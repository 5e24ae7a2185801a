import { DeadlineError, firstLine } from '../errors.ts'
import { formatDuration } from '../number-format.ts'
import type { Querier } from '../connection/ask.ts'
import { goDurationMs } from './go-duration.ts'

/** A part of the cluster, as `information_schema.cluster_info` has it. */
export interface Node {
  /** `tidb`, `pd`, `tikv`, `tiflash`, `tiproxy`, `ticdc`, … */
  readonly type: string
  /** `host:port`; of the storage of a server on unistore, a name. */
  readonly instance: string
  /** Empty if that is not known. */
  readonly version: string
  readonly hash: string
  /** How long it has been up, in ms; undefined if that is not known. */
  readonly uptimeMs: number | undefined
}

/** What `cluster_info` says. */
export async function readNodes(session: Querier): Promise<Node[]> {
  const rows = await session.query<Omit<Node, 'uptimeMs'> & { uptime: string }>(
    'select type, instance, version, git_hash as hash, uptime from information_schema.cluster_info',
  )
  return rows.map(({ uptime, ...node }) => ({ ...node, uptimeMs: goDurationMs(uptime) }))
}

/**
 * Why a tidb-server does not answer the others; undefined if it does. It is asked for its configuration, through its
 * status port: other tables `cluster_*` ask a node that is gone again and again, and never say which it was.
 */
export async function silenceOf(session: Querier, { instance }: Node, withinMs: number): Promise<string | undefined> {
  try {
    const [row] = await session.query<{ n: number | string }>(
      `select count(*) as n from information_schema.cluster_config where type = 'tidb' and instance = ?`,
      [instance],
      { within: withinMs },
    )
    if (Number(row?.n) > 0) return undefined
    const [warning] = await session.query<{ Message: string }>('show warnings', [], { within: withinMs })
    return warning?.Message ?? 'it has no configuration'
  } catch (error) {
    return error instanceof DeadlineError ? `nothing within ${formatDuration(withinMs)}` : firstLine(error)
  }
}
