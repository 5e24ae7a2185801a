#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { AbortedError, StateError, TiDBError } from '../errors.ts'
import { packageVersion } from '../package-files.ts'
import { check, type CheckOptions } from './check.ts'

const OK = 0
const BAD_USAGE = 2
// As a shell has it of a command that a signal ended: 128 and its number.
const INTERRUPTED = 130
const NOBODY_READS = 141

/** What is said of bad usage, without what was given: it may be a password, or a URL with one. */
function withoutValues(text: string): string {
  return text
    .replace(/(unknown option '-[\w-]*)=.*'/s, "$1'")
    .replace(/(unknown command) '(?![\w-]+')[^']*'/s, '$1')
    .replace(/( but got \d+): .*/s, '$1\n')
}

/** Values of an option that may be given again. */
function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

const program = new Command('vitest-tidb')
  .description('Checks a TiDB, without a project.')
  .version(packageVersion())
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({ outputError: (text, write) => write(withoutValues(text)) })

program
  .command('check')
  .description(
    'Takes one connection through the workflow, then checks the cluster: what is wrong, and what to do about it.',
  )
  .option('--host <name>', 'host name or address (TIDB_HOST; default 127.0.0.1)')
  .option('--port <number>', 'port of the SQL protocol (TIDB_PORT; default 4000)')
  .option('--user <name>', 'who connects (TIDB_USER; default root)')
  .option('--database <name>', 'database to verify (TIDB_DATABASE)')
  .option('--tls', 'require TLS (TIDB_TLS)')
  .option('--tls-ca <file>', 'PEM file of the authority that signed the server; turns TLS on (TIDB_TLS_CA)')
  .option('--tls-cert <file>', 'PEM file of a client certificate (TIDB_TLS_CERT)')
  .option('--tls-key <file>', 'PEM file of its key (TIDB_TLS_KEY)')
  .option(
    '--password-prompt',
    'ask for the password without echo; otherwise TIDB_PASSWORD or TIDB_PASSWORD_FILE is used',
  )
  .option(
    '--monitor <time>',
    'how long to watch active import jobs, such as 60s (TIDB_IMPORT_MONITOR_SECONDS; default 0)',
  )
  .option('--timeout <time>', 'deadline of each state, such as 5s (TIDB_STATE_TIMEOUT_MS; default 10s)')
  .option('--retries <number>', 'how often a transient failure is retried (TIDB_RETRIES; default 3)')
  .option('--only <names>', 'checks to run, with commas between them; none if it is empty')
  .option('--skip <names>', 'checks to leave out')
  .option('--limit <check.limit=value>', 'such as no-old-transactions.olderThan=5m; may be given again', collect)
  .option('--severity <severity>', 'least severity that counts: critical, warning or info (default info)')
  .option('--list', 'prints the checks with their limits, and connects to nothing')
  .option('--show-sql', 'prints each statement of the checks with its time')
  .option('--json', 'one JSON object on standard output, nothing else')
  .addHelpText(
    'after',
    '\nExit status: 0 healthy, 1 findings, or a state failed, 2 bad usage, or something could not be checked, 130 interrupted.',
  )
  .action(async (options: CheckOptions) => {
    const controller = new AbortController()
    const onInterrupt = () => controller.abort(new Error('interrupted'))
    process.once('SIGINT', onInterrupt)
    process.once('SIGTERM', onInterrupt)
    try {
      process.exitCode = await check(options, controller.signal)
    } finally {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onInterrupt)
    }
  })

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
