import type { Command } from 'commander'
import { check, type CheckOptions } from '../check.ts'
import { interruptible } from '../interruptible.ts'

/** Values of an option that may be given again. */
function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

/** `vitest-tidb check`. */
export function addCheck(program: Command): void {
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
    .option('--expected <file>', 'the variables and configuration that are expected, in JSON')
    .option('--severity <severity>', 'least severity that counts: critical, warning or info (default info)')
    .option(
      '--report <kind=file>',
      'writes a report: html, json or junit, such as html=check.html; may be given again',
      collect,
    )
    .option(
      '--watch [time]',
      'runs the checks again, every 30s if no other time is given, and prints what appeared and what went',
    )
    .option('--list', 'prints the checks with their limits, and connects to nothing')
    .option('--show-sql', 'prints each statement of the checks with its time')
    .option('--json', 'one JSON object on standard output, nothing else; with --watch one a round, a line each')
    .addHelpText(
      'after',
      '\nExit status: 0 healthy, 1 findings, or a state failed, 2 bad usage, or something could not be checked, 130 interrupted.',
    )
    .action(async (options: CheckOptions) => {
      process.exitCode = await interruptible((signal) => check(options, signal))
    })
}
