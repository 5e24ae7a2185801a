import type {} from 'vitest'

/** What the workers are told of where files of SQL run. */
export interface ProvidedSqlFiles {
  /** Root of the project: files are called by their path from there. */
  readonly root: string
  /** Folder of the servers that the files have to themselves; undefined if they take turns on the run's own. */
  readonly serversDir: string | undefined
  /** Deadline of a dial, in ms. */
  readonly connectTimeoutMs: number
  /** How long a file waits for its server, in ms. */
  readonly serverWithinMs: number
  readonly statementTimeoutMs: number
  readonly allowExec: boolean
  readonly allowGlobal: boolean
  /** What files run on beside; undefined if they are not compared. */
  readonly baseline?:
    | { readonly serversDir: string }
    /** File of this user only, with where and as whom to connect to a server that files take turns on. */
    | { readonly settingsFile: string }
}

declare module 'vitest' {
  interface ProvidedContext {
    tidbSqlFiles: ProvidedSqlFiles
  }
}
