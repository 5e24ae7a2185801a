import { rmSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { Secret } from '../config/secret.ts'
import { TiDBConnection } from '../connection/connection.ts'
import { dropDatabases } from '../connection/drop-databases.ts'
import { removeContainers } from './container-label.ts'
import type { Remains, RemainsAddress } from './remains.ts'
import { startTimeOf } from './watchdog.ts'

// Run by the watchdog once the run is gone: clears away what is left, each thing whatever becomes of the others.

interface Line {
  readonly id: number
  readonly remains?: Remains
}

const left = new Map<number, Remains>()
for (const line of (await text(process.stdin)).split('\n')) {
  if (!line.startsWith('{')) continue
  const { id, remains } = JSON.parse(line) as Line
  if (remains === undefined) left.delete(id)
  else left.set(id, remains)
}
// Processes go before the folders that they write into.
const order: readonly Remains['kind'][] = ['process', 'containers', 'databases', 'folder']
const sorted = [...left.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
for (const remains of sorted) await clear(remains).catch(() => undefined)

async function clear(remains: Remains): Promise<void> {
  switch (remains.kind) {
    case 'process':
      if (startTimeOf(remains.pid) === remains.startTime)
        process.kill(remains.group === true ? -remains.pid : remains.pid, 'SIGKILL')
      return
    case 'folder':
      return rmSync(remains.path, { recursive: true, force: true, maxRetries: 5 })
    case 'containers':
      return removeContainers(remains.label)
    case 'databases':
      return dropPrefixed(remains.address, remains.prefix)
  }
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
