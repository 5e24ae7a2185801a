import type {} from 'vitest'
import type { Settings } from './config/settings.ts'
import type { ProcessIdentity } from './server/process-identity.ts'
import type { ProviderName, ServerNode } from './server/server.ts'

/** What global setup learned of the server, and hands to the workers: plain data without a password in it. */
export interface ProvidedTiDB {
  readonly provider: ProviderName
  readonly host: string
  readonly port: number
  readonly statusPort: number | undefined
  readonly user: string
  /** Where the server came from, in a few words. */
  readonly description: string
  /** True if we started it: its global state is ours to change. */
  readonly ours: boolean
  readonly logFile: string | undefined
  /** The process of a local tidb-server that we started; undefined of any other. */
  readonly process: ProcessIdentity | undefined
  /** The further nodes of a cluster that we started; none of any other. */
  readonly otherNodes: readonly ServerNode[]
  /** Release, such as `v8.5.6`, and the rest of what GettingVersion found. */
  readonly release: string
  readonly edition: string
  readonly commit: string
  readonly store: string
  /** Import jobs that were pending or running when the run began. */
  readonly activeImportJobs: number | undefined
  /** Settings of the run, without secrets. */
  readonly settings: Settings
  /** File, readable by this user only, that holds the password for the length of the run; undefined if it is empty. */
  readonly passwordFile: string | undefined
  /** File, readable by this user only, that holds the address of the TiDB that keeps the history of import jobs. */
  readonly importHistoryUrlFile: string | undefined
  /** File, readable by this user only, that holds where and as whom to connect to the baseline; undefined if there is none. */
  readonly baselineFile: string | undefined
  /** Name of this run, the same for all of its shards. */
  readonly runName: string
  /** Folder through which workers and the main process hand databases to and fro. */
  readonly stockDir: string
  /** What the names of this run's databases begin with. */
  readonly databasePrefix: string
  /** Where the main process takes the progress of import jobs, to show it; undefined if it can't. */
  readonly progressAddress: string | undefined
}

declare module 'vitest' {
  interface ProvidedContext {
    tidb: ProvidedTiDB
  }
}
