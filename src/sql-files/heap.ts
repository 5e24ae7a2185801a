import { TextConnection } from '../connection/text-connection.ts'
import type { TiDBServer } from '../server/server.ts'

/** What a heap may grow to before it is collected more often. */
const HEAP_BYTES = 448 * 1_024 ** 2
/** Above that, by how much of what it holds it may grow until it is collected again, in percent: by default 100. */
const GROWTH = 50

/**
 * Keeps the heap of a server small: TiDB lets it grow to several times what it holds while the machine has memory, and of
 * servers for files of SQL there is one for each worker. One that can't be told stays as it is.
 */
export async function keepHeapSmall(server: TiDBServer, connectTimeoutMs: number): Promise<void> {
  const { host, port, user, password } = server
  await using control = await TextConnection.open({ host, port, user, password, connectTimeoutMs })
  const { results } = await control.send('select memory_limit, memory_total from information_schema.memory_usage')
  const [limit = 0, total = 0] = results[0]?.rows[0]?.map(Number) ?? []
  const share = HEAP_BYTES / (limit || total)
  if (share >= 0.6) return
  await control.send(
    `set global tidb_gogc_tuner_threshold = ${share.toFixed(6)}; set global tidb_gogc_tuner_min_value = ${GROWTH}`,
  )
}
