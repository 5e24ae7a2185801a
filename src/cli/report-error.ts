import { CommanderError } from 'commander'
import { AbortedError, StateError, TiDBError } from '../errors.ts'
import { BAD_USAGE, INTERRUPTED, OK } from './exit-status.ts'
import { printJson, printJsonLine } from './print.ts'

/** Whether JSON was asked for, even by a command line that is wrong. */
export const wantsJson = () => process.argv.includes('--json')

/** Among objects of a line each, it is one. */
function reportJson(error: {
  readonly code: string
  readonly message: string
  readonly hints: readonly string[]
}): void {
  const isWatching = process.argv.some((argument) => /^--watch(?:=|$)/.test(argument))
  ;(isWatching ? printJsonLine : printJson)({ ok: false, error })
}

/** What is said of bad usage, without what was given: it may be a password, or a URL with one. */
export function withoutValues(text: string): string {
  return text
    .replace(/(unknown option '-[\w-]*)=.*'/s, "$1'")
    .replace(/(unknown command) '(?![\w-]+')[^']*'/s, '$1')
    .replace(/( but got \d+): .*/s, '$1\n')
}

/**
 * Says what went wrong, and sets the exit status.
 *
 * @param status of an error of ours.
 * @throws the error, if it is none of ours.
 */
export function reportError(error: unknown, status: number): void {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? OK : BAD_USAGE
    if (process.exitCode === OK || !wantsJson()) return
    // What is printed as text otherwise, by commander itself.
    const message = withoutValues(error.message).trim()
    return reportJson({ code: 'TIDB_CONFIG_INVALID', message, hints: ['see --help'] })
  }
  if (!(error instanceof TiDBError)) throw error
  const interrupted =
    error instanceof AbortedError || (error instanceof StateError && error.cause instanceof AbortedError)
  process.exitCode = interrupted ? INTERRUPTED : status
  const { code, message, hints } = error
  if (wantsJson()) reportJson({ code, message, hints })
  else process.stderr.write(`${message}\n`)
}
