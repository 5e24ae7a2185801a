import { readFileSync } from 'node:fs'
import { clearTimeout, setTimeout } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { DeadlineError, ServerError } from '../errors.ts'
import { printable } from '../redact.ts'
import type { Progress } from '../server/server.ts'
import { differenceOf } from '../side-by-side/difference.ts'
import { smallest } from '../side-by-side/smallest.ts'
import type { KnownDifferences } from './known-differences.ts'
import { readSqlFile } from './kinds.ts'
import { partsOf, type Part } from './parts.ts'
import { ReducePlaces, type Checked } from './reduce-places.ts'
import type { SqlScript } from './script.ts'
import { SqlFileError } from './sql-file-error.ts'

export interface ReduceOptions {
  readonly file: string
  /** Folder that files are named from. */
  readonly root: string
  readonly config: Config
  /** How long it may go on once the servers are there, in ms. */
  readonly withinMs: number
  readonly signal: AbortSignal
  readonly onProgress: Progress
  /** Told of each smaller file that still fails in the same way. */
  readonly onSmaller: (text: string) => void
}

/** What came of it. */
export interface Reduced {
  /** How many parts the file had, and has. */
  readonly before: number
  readonly after: number
  readonly tries: number
  /** `smallest`: none of what is left can go by itself. */
  readonly end: 'smallest' | 'time' | 'interrupted'
}

/** How a file fails. */
interface Failure {
  readonly line: number
  readonly message: string
  /** Whether another file fails in the same way, by what was answered. */
  isSame(checked: Checked): boolean
}

/**
 * Leaves out statements of a file while it fails in the same way: its first statement that fails is answered with the same
 * error or the same rows; or, beside a baseline, differs from it in the same way.
 *
 * @throws {SqlFileError} if it can't be read. {ServerError} if it does not fail, or not twice.
 */
export async function reduceFile(options: ReduceOptions): Promise<Reduced> {
  const { file, signal, withinMs, onProgress, onSmaller } = options
  const text = readFileSync(file, 'utf8')
  const parts = partsOf(text, file)
  const script = readSqlFile(Buffer.from(text), file)
  await using places = await ReducePlaces.start(options)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new DeadlineError('the smallest file', withinMs)), withinMs)
  const over = AbortSignal.any([signal, late.signal])
  try {
    const failure = await failureOf(places, script, file)
    onProgress(`${failure.message} (line ${failure.line})`)
    const at = parts.findLastIndex(({ line }) => line <= failure.line)
    const [before, last] = [parts.slice(0, at), parts.slice(at, at + 1)]
    let tries = 0
    const does = async (kept: readonly Part[]): Promise<boolean | undefined> => {
      if (over.aborted) return undefined
      tries += 1
      const smaller = scriptOf(textOf([...kept, ...last]), file)
      if (smaller === undefined) return false
      try {
        return failure.isSame(await carryOut(places, smaller, over))
      } catch (error) {
        if (over.aborted) return undefined
        throw error
      }
    }
    const write = (kept: readonly Part[]) => onSmaller(textOf([...kept, ...last]))
    const again = await does(before)
    if (again === false) {
      throw new ServerError(`${file} does not fail in the same way when it is carried out again`, {
        hints: ['what differs from run to run, such as a time or the number of a connection, can not be reduced'],
      })
    }
    write(before)
    const { kept, isSmallest } =
      again === undefined ? { kept: before, isSmallest: false } : await smallest(before, does, write)
    const end = isSmallest ? 'smallest' : signal.aborted ? 'interrupted' : 'time'
    return { before: parts.length, after: kept.length + last.length, tries, end }
  } finally {
    clearTimeout(timer)
  }
}

function textOf(parts: readonly Part[]): string {
  return `${parts.map((part) => part.text.trimEnd()).join('\n')}\n`
}

/** A file of some of its parts; undefined if that is none, such as with a command that nothing follows. */
function scriptOf(text: string, file: string): SqlScript | undefined {
  try {
    return readSqlFile(Buffer.from(text), file)
  } catch (error) {
    if (error instanceof SqlFileError) return undefined
    throw error
  }
}

/** Carries a script out as a whole. What its tests would fail with is nothing: what was answered tells. */
async function carryOut(places: ReducePlaces, script: SqlScript, signal: AbortSignal): Promise<Checked> {
  await using begun = await places.begin(script, true, signal)
  // Awaited here: what it runs on goes when this returns.
  return await begun.check(script.cases.length - 1)
}

/** The first failure of a file, as a run of its tests would have it. @throws {ServerError} if there is none. */
async function failureOf(places: ReducePlaces, script: SqlScript, file: string): Promise<Failure> {
  await using begun = await places.begin(script, places.isCompared)
  for (const [index, { line }] of script.cases.entries()) {
    const checked = await begun.check(index)
    const { known } = places
    const failure = known === undefined ? ownFailure(checked) : difference(checked, known)
    if (failure !== undefined) return { line, ...failure }
  }
  throw new ServerError(`${file} does not fail here: there is nothing to reduce`, {
    hints: ['run it with vitest; set TIDB_BASELINE or TIDB_BASELINE_URL if it is a baseline that differs'],
  })
}

/** @throws what it failed with, if no answer of the server shows it: such as a connection that was lost. */
function ownFailure({ answers, error }: Checked): Omit<Failure, 'line'> | undefined {
  if (error === undefined) return undefined
  const said = JSON.stringify(answers.at(-1))
  if (said === undefined || !(error instanceof Error)) throw error
  const isSame = (checked: Checked) => checked.answers.some((each) => JSON.stringify(each) === said)
  return { message: error.message, isSame }
}

function difference(checked: Checked, known: KnownDifferences): Omit<Failure, 'line'> | undefined {
  const found = differences(checked).find(({ sql, kind }) => !known.has(sql, kind))
  if (found === undefined) return undefined
  const { sql, kind } = found
  const isSame = (other: Checked) => differences(other).some((each) => each.key === found.key)
  return { message: `the baseline differs (${kind}): ${printable(sql)}`, isSame }
}

/** In what the two servers differ. Rows may be others while they differ: those that no difference needs are left out. */
function differences({ answers, others, hidden }: Checked) {
  return answers.flatMap(([sql, answer], at) => {
    const [, other] = others[at] ?? []
    const found = other && differenceOf(sql, answer, other)
    if (found === undefined || (hidden && found.kind === 'result')) return []
    const { kind } = found
    return [{ sql, kind, key: JSON.stringify([sql, kind, answer.refusal?.errno, other?.refusal?.errno]) }]
  })
}
