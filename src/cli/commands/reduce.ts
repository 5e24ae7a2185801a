import type { Command } from 'commander'
import { ConfigError } from '../../errors.ts'
import { BAD_USAGE, FAILED } from '../exit-status.ts'
import { interruptible } from '../interruptible.ts'
import type { ReduceCommand } from '../reduce.ts'
import { reportError } from '../report-error.ts'

/** `vitest-tidb reduce`. */
export function addReduce(program: Command): void {
  program
    .command('reduce')
    .argument('<file>', 'a file of SQL that fails, .test or .slt')
    .description('Leaves out statements of a file of SQL while it fails in the same way, and writes the smallest file.')
    .option('--within <time>', 'how long it may take, such as 30s or 5m', '60s')
    .option('--out <file>', 'where to write (default: x.reduced.test beside x.test)')
    .option('--baseline <server>', 'the server that it differs from, such as v8.5.4 (TIDB_BASELINE)')
    .option('--json', 'one JSON object on standard output, nothing else')
    .addHelpText('after', '\nExit status: 0 done, 1 it does not fail, or not again, 2 bad usage, 130 interrupted.')
    .action(async (file: string, options: ReduceCommand) => {
      try {
        // Loaded only for this command.
        const { reduce } = await import('../reduce.ts')
        await interruptible((signal) => reduce(file, options, signal))
      } catch (error) {
        reportError(error, error instanceof ConfigError ? BAD_USAGE : FAILED)
      }
    })
}
