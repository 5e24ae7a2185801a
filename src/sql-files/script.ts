import type { TextConnection } from '../connection/text-connection.ts'

/** A kind of file whose lines are tests, such as `.test`: what the plugin and the workers need to know of it. */
export interface SqlFileKind {
  /** What names of its files end with. */
  readonly extension: `.${string}`
  /**
   * Reads a file, and those that it includes; no server is asked.
   *
   * @param file its path.
   * @throws {SqlFileError} with the line of what can't be read.
   */
  read(text: string, file: string): SqlScript
}

/** A file as it was read. */
export interface SqlScript {
  /** What is checked, in order: each is a test. */
  readonly cases: readonly SqlCase[]
  /** Statements that change more than databases, such as a global variable or an account: what is refused on a server that others use. */
  readonly global: readonly SqlCase[]
  /** Databases that it creates, by the names in its text. */
  readonly databases: readonly string[]
  /** Whether its results are in a file of their own. */
  readonly hasResultFile?: boolean
  /** Further files that it is made of: a change of one is a change of it. */
  readonly includes: readonly string[]
  /** Begins to carry it out. @throws if the recorded result can't be read, or there is none. */
  begin(stage: Stage): Promise<SqlRun>
}

/** One thing that a file checks. */
export interface SqlCase {
  /** From 1; several may stand on one line. */
  readonly line: number
  readonly name: string
}

/** One file on its way through a server. */
export interface SqlRun {
  /**
   * Carries out what comes before a case and was not carried out yet, then the case.
   *
   * @returns why there is nothing to be said of it, such as a condition that is not met; undefined if it is as expected.
   * @throws if it is not as expected; while results are recorded, only what can't be recorded.
   */
  check(index: number): Promise<string | undefined>
  /** The file of results with those of the cases that were checked; undefined if it has them already. */
  recorded(): { readonly file: string; readonly bytes: Buffer } | undefined
  /** What can be said of the file as a whole alone. @throws if that is not as expected. */
  demandWhole?(): void
  /** Closes its connections. */
  end(): Promise<void>
}

/** Where a file is carried out. */
export interface Stage {
  /** Path of the file. */
  readonly file: string
  /** Where the recorded result is, or would be, for kinds that have one in a file of its own. */
  readonly resultFile: string
  /** Database of the file, which is empty. */
  readonly database: string
  /** Dials as the user of the run, or as another. @throws the driver's error if it is refused. */
  dial(options: StageDial): Promise<TextConnection>
  /** Deadline of one statement, in ms. */
  readonly statementTimeoutMs: number
  /** Whether what is checked is recorded, not compared: `vitest -u`. */
  readonly recording: boolean
  /** Told of what each case prints: replaced, sorted or left out, as the file has it. */
  readonly onPrinted?: ((text: string) => void) | undefined
  /** Whether commands of the shell may run. */
  readonly allowExec: boolean
  /** Aborted when nobody waits for the file any more. */
  readonly signal: AbortSignal
}

export interface StageDial {
  /** What errors call it. */
  readonly name: string
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly database?: string | undefined
}
