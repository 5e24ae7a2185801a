import { text } from 'node:stream/consumers'
import { Secret } from '../config/secret.ts'
import { TiDBConnection } from '../connection/connection.ts'
import { dropDatabases } from '../connection/drop-databases.ts'
import { clearLocal, inOrder } from './clear-remains.ts'
import type { Remains, RemainsAddress } from './remains.ts'
import { removeRecord } from './run-record.ts'

// Run by the watchdog once the run is gone: clears away what is left, each thing whatever becomes of the others.

interface Line {
  readonly record?: string
  readonly id?: number
  readonly remains?: Remains
}

const left = new Map<number, Remains>()
let record: string | undefined
for (const line of (await text(process.stdin)).split('\n')) {
  if (!line.startsWith('{')) continue
  const said = JSON.parse(line) as Line
  record ??= said.record
  if (said.id === undefined) continue
  if (said.remains === undefined) left.delete(said.id)
  else left.set(said.id, said.remains)
}
let failed = false
for (const remains of [...left.values()].sort((a, b) => inOrder(a.kind, b.kind))) {
  await clear(remains).catch(() => (failed = true))
}
// What could not be cleared stays in the record, for the next run.
if (!failed && record !== undefined) removeRecord(record)

function clear(remains: Remains): Promise<void> {
  return remains.kind === 'databases' ? dropPrefixed(remains.address, remains.prefix) : clearLocal(remains)
}

async function dropPrefixed({ password, tls, ...address }: RemainsAddress, prefix: string): Promise<void> {
  const { key, ...plain } = tls ?? {}
  const tlsMaterial = tls && { ...plain, ...(key !== undefined && { key: new Secret(key) }) }
  await using connection = await TiDBConnection.open({
    ...address,
    password: new Secret(password),
    tlsMaterial,
    connectTimeoutMs: 10_000,
  })
  await dropDatabases(connection, prefix)
}
