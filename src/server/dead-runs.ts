import { TiDBConnection, type Address } from '../connection/connection.ts'
import { dropDatabases } from '../connection/drop-databases.ts'
import { firstLine } from '../errors.ts'
import { clearLocal, inOrder } from './clear-remains.ts'
import { deadRecords, describeRemains, removeOldRecords, type DeadRecord, type RecordedRemains } from './run-record.ts'

type Log = (line: string) => void
type Databases = Extract<RecordedRemains, { kind: 'databases' }>

/** Clears away what runs left on this machine that were killed together with their watchdogs, and says so. */
export async function clearDeadRuns(log: Log): Promise<void> {
  const local = deadRecords()
    .flatMap((record) => record.remains.map(([id, remains]) => ({ record, id, remains })))
    .sort((a, b) => inOrder(a.remains.kind, b.remains.kind))
  const cleared: string[] = []
  for (const { record, id, remains } of local) {
    if (remains.kind === 'databases') continue
    try {
      await clearLocal(remains)
      record.forget(id)
      cleared.push(describeRemains(remains))
    } catch (error) {
      log(`a killed run left ${describeRemains(remains)}, which can't be cleared away: ${firstLine(error)}`)
    }
  }
  if (cleared.length > 0) log(`cleared away the remains of a killed run: ${cleared.join(', ')}`)
  const old = removeOldRecords()
  if (old.length > 0) log(`no longer noted, after 30 days, is what killed runs left: ${old.join(', ')}`)
}

/** Drops the databases that such runs left on a server where this one is connected as the same user, and says so. */
export async function dropDeadDatabases(address: Address, log: Log): Promise<void> {
  const found = deadRecords().flatMap((record) =>
    record.remains.flatMap((entry) => databasesOf(record, entry, address)),
  )
  if (found.length === 0) return
  try {
    await using connection = await TiDBConnection.open(address, { name: 'clean-up after a run that was killed' })
    for (const { record, id, prefix } of found) {
      await dropDatabases(connection, prefix)
      record.forget(id)
    }
    log(`dropped the databases that a killed run left: ${found.map(({ prefix }) => `${prefix}*`).join(', ')}`)
  } catch (error) {
    const prefixes = found.map(({ prefix }) => `${prefix}*`).join(', ')
    log(`the databases ${prefixes} of a killed run could not be dropped: ${firstLine(error)}`)
  }
}

function databasesOf(record: DeadRecord, [id, remains]: [number, RecordedRemains], address: Address) {
  return remains.kind === 'databases' && isSameServer(remains, address) ? [{ record, id, prefix: remains.prefix }] : []
}

function isSameServer({ address }: Databases, { host, port, user }: Address): boolean {
  return address.host === host && address.port === port && address.user === user
}
