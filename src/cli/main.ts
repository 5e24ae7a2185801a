#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { AbortedError, StateError, TiDBError } from '../errors.ts'
import { packageVersion } from '../package-files.ts'
import { addCheck } from './commands/check.ts'
import { BAD_USAGE, INTERRUPTED, NOBODY_READS, OK } from './exit-status.ts'

/** What is said of bad usage, without what was given: it may be a password, or a URL with one. */
function withoutValues(text: string): string {
  return text
    .replace(/(unknown option '-[\w-]*)=.*'/s, "$1'")
    .replace(/(unknown command) '(?![\w-]+')[^']*'/s, '$1')
    .replace(/( but got \d+): .*/s, '$1\n')
}

const program = new Command('vitest-tidb')
  .description('Checks a TiDB, without a project.')
  .version(packageVersion())
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({ outputError: (text, write) => write(withoutValues(text)) })

addCheck(program)

// Whoever read the output, such as head, has enough: what is under way is of no use to anybody any more.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(NOBODY_READS)
  })
}

try {
  await program.parseAsync()
} catch (error) {
  const json = process.argv.includes('--json')
  if (error instanceof AbortedError || (error instanceof StateError && error.cause instanceof AbortedError)) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = INTERRUPTED
  } else if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? OK : BAD_USAGE
  else if (error instanceof TiDBError) {
    const { code, message, hints } = error
    if (json) process.stdout.write(`${JSON.stringify({ ok: false, error: { code, message, hints } }, null, 2)}\n`)
    else process.stderr.write(`${message}\n`)
    process.exitCode = BAD_USAGE
  } else throw error
}
