import { isLost } from '../connection/error-codes.ts'
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
export interface ClusterInfo {
  readonly nodes: readonly Node[]
  /** Of members of PD that do not answer, which have no row. */
  readonly warnings: readonly string[]
}

/** Reads what `cluster_info` says: the tidb-server asks each member of PD for it, and nobody else. */
export async function readClusterInfo(session: Querier, withinMs: number): Promise<ClusterInfo> {
  const within = { within: withinMs }
  const rows = await session.query<Omit<Node, 'uptimeMs'> & { uptime: string }>(
    'select type, instance, version, git_hash as hash, uptime from information_schema.cluster_info',
    [],
    within,
  )
  const warnings = await session.query<{ Message: string }>('show warnings', [], within)
  return {
    nodes: rows.map(({ uptime, ...node }) => ({ ...node, uptimeMs: goDurationMs(uptime) })),
    warnings: warnings.map(({ Message: message }) => message),
  }
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
    // That says something of the session that asked, which an earlier question has cut, and nothing of the node.
    if (isLost(error)) throw error
    return error instanceof DeadlineError ? `nothing within ${formatDuration(withinMs)}` : firstLine(error)
  }
}
