import type { Command } from 'commander'
import type { Kind } from '../../kept/kept-server.ts'
import { ConfigError } from '../../errors.ts'
import { BAD_USAGE, FAILED } from '../exit-status.ts'
import { interruptible } from '../interruptible.ts'
import { reportError } from '../report-error.ts'
import type * as KeptServers from '../kept-servers.ts'
import type { LogsOptions, StartOptions } from '../kept-servers.ts'

type Actions = typeof KeptServers

/** Does it with what is loaded only for these commands, and reports what can't be done. */
async function act(action: (actions: Actions) => void | Promise<void>): Promise<void> {
  try {
    await action(await import('../kept-servers.ts'))
  } catch (error) {
    reportError(error, error instanceof ConfigError ? BAD_USAGE : FAILED)
  }
}

/** `vitest-tidb server …` and `vitest-tidb cluster …`. */
export function addKeptServers(program: Command, kind: Kind): void {
  const what = kind === 'server' ? 'a throw-away TiDB' : 'a throw-away cluster'
  const group = program
    .command(kind)
    .description(`Starts ${what} for development, and stops, lists and cleans them.`)
    .addHelpText('after', '\nExit status: 0 done, 1 not done, 2 bad usage, 130 interrupted.')
  const start = group
    .command('start')
    .argument('[name]', `what to call it (default ${kind}, with a number if that is taken)`)
    .description(`Starts ${what}, which goes on when this command ends; prints its URL.`)
    .option('--release <version>', 'release to start, such as v8.5.4 (TIDB_VERSION; default v8.5.6)')
    .option(
      '--provider <way>',
      kind === 'server'
        ? 'binary or container (TIDB_PROVIDER; default container, if Docker answers, else binary)'
        : 'binary or container (TIDB_CLUSTER_PROVIDER; default binary)',
    )
  if (kind === 'cluster') start.option('--nodes <number>', 'how many tidb-servers (TIDB_CLUSTER_NODES; default 2)')
  start
    .option('--ttl <time>', 'how long it lives, such as 30m or 2h (default 8h)')
    .option('--keep', 'lives until it is stopped')
    .option('--json', 'one JSON object on standard output, nothing else')
    .action(async (name: string | undefined, options: StartOptions) => {
      await interruptible((signal) => act(({ start: begin }) => begin(kind, name, options, signal)))
    })
  group
    .command('stop')
    .argument('[name]', 'which (default the only one)')
    .description('Ends one, with its data.')
    .option('--json', 'one JSON object on standard output, nothing else')
    .action(async (name: string | undefined, options: { readonly json?: boolean }) => {
      await act(({ stop }) => stop(kind, name, options))
    })
  group
    .command('list')
    .description('Lists them: starting, up, failed, gone (killed), elsewhere (another boot or machine).')
    .option('--json', 'one JSON object on standard output, nothing else')
    .action(async (options: { readonly json?: boolean }) => act(({ list }) => list(kind, options)))
  const logs = group
    .command('logs')
    .argument('[name]', 'which (default the only one)')
    .description('Prints the end of the log of one.')
    .option('--lines <number>', 'how many lines (default 100)')
  if (kind === 'cluster') logs.option('--node <number>', 'of which tidb-server, from 0 (default 0)')
  logs
    .option('--json', 'one JSON object on standard output, nothing else')
    .action(async (name: string | undefined, options: LogsOptions) =>
      act(({ logs: print }) => print(kind, name, options)),
    )
  group
    .command('clean')
    .description('Clears away those that are gone, and what they left.')
    .option('--json', 'one JSON object on standard output, nothing else')
    .action(async (options: { readonly json?: boolean }) => act(({ clean }) => clean(kind, options)))
}
