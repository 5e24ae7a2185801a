import { existsSync, readFileSync } from 'node:fs'
import { loadConfig, NONE } from '../config/config.ts'
import type { Settings } from '../config/settings.ts'
import { TextConnection } from '../connection/text-connection.ts'
import { beginAt, type Asked } from './begin.ts'
import { ComparedRun, listen } from './compared-run.ts'
import { takeTurn } from './host-place.ts'
import { KnownDifferences } from './known-differences.ts'
import { ask, takeServer, type SqlPlace } from './place.ts'
import { databaseOf, resultFileOf } from './places.ts'
import type { ProvidedSqlFiles } from './provided.ts'
import type { SqlRun } from './script.ts'

type Baseline = Required<ProvidedSqlFiles>['baseline']
type AskedOfBoth = Asked & { readonly provided: ProvidedSqlFiles }

/** Begins to carry a file out in a place of its own, and on the baseline. Both are left if it can't. */
export async function beginCompared(
  place: SqlPlace,
  baseline: Baseline,
  asked: AskedOfBoth,
  isRecording: boolean,
): Promise<{ readonly run: SqlRun; leave(): Promise<void> }> {
  const { file, script } = asked
  const hasResult = existsSync(resultFileOf(file, place.newCollation)) || !script.hasResultFile
  const [own, others] = [listen(), listen()]
  let other: SqlPlace
  let version: string
  let known: KnownDifferences
  try {
    other = await takeBaseline(baseline, asked)
  } catch (error) {
    await place.leave()
    throw error
  }
  try {
    version = await versionOf(other, asked.signal)
    known = KnownDifferences.of(file, version)
  } catch (error) {
    await Promise.all([place.leave(), other.leave()])
    throw error
  }
  if (known.passedOver !== undefined) console.warn(known.passedOver)
  const begun = await Promise.allSettled([
    beginAt(place, asked, { recording: isRecording || !hasResult, ...own }),
    // What the baseline says is compared with what the server says, not with what is recorded.
    beginAt(other, asked, { recording: true, ...others }),
  ])
  const [one, two] = begun
  if (one.status === 'fulfilled' && two.status === 'fulfilled') {
    const sides = [
      { run: one.value.run, ...own },
      { run: two.value.run, ...others },
    ] as const
    return {
      run: new ComparedRun(...sides, {
        file,
        cases: script.cases,
        hasResult,
        known,
        recording: isRecording,
        isTiDB: version.includes('TiDB'),
      }),
      leave: async () => void (await Promise.all([one.value.leave(), two.value.leave()])),
    }
  }
  for (const each of begun) {
    if (each.status === 'rejected') continue
    await each.value.run.end()
    await each.value.leave()
  }
  throw begun.find((each) => each.status === 'rejected')?.reason as Error
}

/** Takes a place on the baseline for a file. @throws as {@link takeServer} and {@link takeTurn}. */
export function takeBaseline(
  baseline: Baseline,
  { file, script, root, provided, signal }: AskedOfBoth,
): Promise<SqlPlace> {
  const database = databaseOf(file, root)
  if ('serversDir' in baseline) return takeServer({ ...provided, ...baseline }, database, signal)
  const options = JSON.parse(readFileSync(baseline.settingsFile, 'utf8')) as Settings
  const { config } = loadConfig({ options: { ...options, provider: 'host' }, env: NONE, envFile: false })
  return takeTurn({ ...config, host: config.host ?? '' }, provided, { file, script, database, signal })
}

/** What the server of a place calls itself. */
export async function versionOf({ address }: SqlPlace, signal: AbortSignal): Promise<string> {
  await using connection = await TextConnection.open(address, { name: 'sql file', signal })
  const [version] = await ask(connection, 'select version()')
  return version ?? ''
}
