import { Secret } from '../config/secret.ts'
import { TextConnection, type TextDialOptions } from '../connection/text-connection.ts'
import type { SqlPlace } from './place.ts'
import { databaseOf, localFileOf, resultFileOf } from './places.ts'
import type { ProvidedSqlFiles } from './provided.ts'
import type { SqlRun, SqlScript, Stage } from './script.ts'

/** A file that is to be carried out. */
export interface Asked {
  readonly file: string
  readonly script: SqlScript
  readonly root: string
  readonly provided: Pick<ProvidedSqlFiles, 'statementTimeoutMs' | 'allowExec'>
  readonly signal: AbortSignal
}

interface How {
  readonly recording: boolean
  readonly onAnswer?: TextDialOptions['onAnswer']
  readonly onPrinted?: Stage['onPrinted']
}

/** Begins to carry a file out in a place, which is left if it can't. @throws as {@link SqlScript.begin}. */
export async function beginAt(
  place: SqlPlace,
  { file, script, root, provided, signal }: Asked,
  { recording, onAnswer, onPrinted }: How,
): Promise<{ readonly run: SqlRun; leave(): Promise<void> }> {
  const { statementTimeoutMs, allowExec } = provided
  const localFile = localFileOf(file, root)
  try {
    const run = await script.begin({
      file,
      resultFile: resultFileOf(file, place.newCollation),
      database: databaseOf(file, root),
      statementTimeoutMs,
      recording,
      onPrinted,
      allowExec,
      signal,
      dial: ({ user, password = '', ...options }) => {
        const address = user === undefined ? place.address : { ...place.address, user, password: new Secret(password) }
        return TextConnection.open(address, { ...options, localFile, onAnswer, signal })
      },
    })
    return { run, leave: () => place.leave() }
  } catch (error) {
    await place.leave()
    throw error
  }
}
