import { Secret } from '../config/secret.ts'
import { noteStarted } from '../connection/started-servers.ts'
import { hostPort } from '../host-port.ts'
import { accountOf } from './account.ts'
import type { ProcessIdentity } from './process-identity.ts'

/** How a TiDB was come by. */
export type ProviderName = 'host' | 'container' | 'binary' | 'cluster'

/** One tidb-server of a TiDB: of a cluster there are several. */
export interface ServerNode {
  readonly host: string
  readonly port: number
  readonly statusPort: number | undefined
  /** What was started, in a few words. */
  readonly description: string
  readonly logFile: string | undefined
  /** Of a local tidb-server that we started; undefined of any other. */
  readonly process: ProcessIdentity | undefined
}

/** A TiDB that answers. One that we started is stopped by `stop()`; a configured one is left alone. */
export interface TiDBServer extends AsyncDisposable {
  readonly provider: ProviderName
  readonly host: string
  readonly port: number
  /** Port of the HTTP status API; undefined if unknown. */
  readonly statusPort: number | undefined
  readonly user: string
  readonly password: Secret
  /** True if we started it, and so may stop it and change its global state. */
  readonly ours: boolean
  /** What was started, in a few words: `tidb-server v8.5.6 (cache)`, `container pingcap/tidb:v8.5.6`. */
  readonly description: string
  /** File that the server's log is written to; undefined if the server is not ours. */
  readonly logFile: string | undefined
  /** Of a local tidb-server that we started; undefined of any other. */
  readonly process: ProcessIdentity | undefined
  /** The further nodes of a cluster that we started; none of any other. */
  readonly otherNodes: readonly ServerNode[]
  /** Stops it at once and removes what it left on disk; does nothing the second time, or if it is not ours. */
  stop(): Promise<void>
}

/** A line of progress, such as `building tidb-server v8.5.6`. */
export type Progress = (line: string) => void

export interface StartOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: Progress
}

/** A server that we started, with the root that a new TiDB has. `stop` is called once, however often it is asked. */
export function startedServer(
  place: ServerNode & Pick<TiDBServer, 'provider'>,
  stop: () => Promise<void>,
  otherNodes: readonly ServerNode[] = [],
): TiDBServer {
  let stopped: Promise<void> | undefined
  const address = hostPort(place.host, place.port)
  noteStarted(address, (loss) => accountOf(place, loss))
  const once = () => {
    // Its log goes with it.
    if (stopped === undefined)
      noteStarted(address, () => `this run started that server (${place.description}), and stopped it`)
    return (stopped ??= stop())
  }
  const root = { user: 'root', password: new Secret('') }
  return { ...place, ...root, otherNodes, ours: true, stop: once, [Symbol.asyncDispose]: once }
}
