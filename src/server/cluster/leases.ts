import { ServerError } from '../../errors.ts'
import { ask } from '../http-api.ts'

/** What a node had put down in PD for as long as it is alive. */
export interface NodeLease {
  /** What is bound to it, such as `/tidb/ddl/fg/owner/223fa21f198170a2`. */
  readonly keys: readonly string[]
  /** How long it lasts after the last sign of life, in seconds. */
  readonly seconds: number
  /** How much of that was left, in seconds. */
  readonly left: number
}

interface Entry {
  readonly key: string
  readonly value: string
  /** Number of its lease: text, as it has more digits than a number of JavaScript's. */
  readonly lease: string | undefined
}

/** A tidb-server as it has written itself down in PD. */
interface ServerInfo {
  readonly ddl_id: string
  readonly ip: string
  readonly listening_port: number
}

/** Ends the leases of a tidb-server in PD, as if its last sign of life were long ago. @returns those that it had. */
export async function endLeases(pd: string, { host, port }: { host: string; port: number }): Promise<NodeLease[]> {
  const entries = [
    ...(await entriesBelow(pd, '/tidb/')),
    ...(await entriesBelow(pd, `/topology/tidb/${host}:${port}/`)),
  ]
  // One that was started again is known by several numbers.
  const ids = entries.flatMap(({ key, value }) => {
    if (!key.startsWith('/tidb/server/info/')) return []
    const { ip, listening_port, ddl_id } = JSON.parse(value) as ServerInfo
    return ip === host && listening_port === port ? [ddl_id] : []
  })
  const own = ({ key, value }: Entry) =>
    key.startsWith('/topology/') || ids.some((id) => value === id || key.endsWith(`/${id}`))
  const leases = new Set(entries.filter(own).flatMap(({ lease }) => lease ?? []))
  return Promise.all([...leases].map((lease) => end(pd, lease)))
}

async function end(pd: string, lease: string): Promise<NodeLease> {
  const { grantedTTL, TTL, keys } = await etcd<{ grantedTTL: string; TTL: string; keys?: string[] }>(
    pd,
    'lease/timetolive',
    { ID: lease, keys: true },
  )
  await etcd(pd, 'lease/revoke', { ID: lease })
  return { keys: keys?.map(decode) ?? [], seconds: Number(grantedTTL), left: Number(TTL) }
}

async function entriesBelow(pd: string, prefix: string): Promise<Entry[]> {
  // Up to, and without, the first key that no longer begins with it.
  const after = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
  const range = { key: encode(prefix), range_end: encode(after) }
  const { kvs = [] } = await etcd<{ kvs?: { key: string; value?: string; lease?: string }[] }>(pd, 'kv/range', range)
  return kvs.map(({ key, value = '', lease }) => ({ key: decode(key), value: decode(value), lease }))
}

/** PD keeps what its clients put down in an etcd of its own: https://etcd.io/docs/v3.5/dev-guide/api_grpc_gateway/ */
async function etcd<T>(pd: string, method: string, body: object): Promise<T> {
  const answer = (await ask(pd, `/v3/${method}`, undefined, { body })) as T & { readonly error?: string }
  if (answer.error !== undefined) throw new ServerError(`PD refused ${method}: ${answer.error}`, { host: pd })
  return answer
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64')
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}
