import type { Command } from 'commander'
import type { InitOptions } from '../init.ts'
import { interruptible } from '../interruptible.ts'

/** `vitest-tidb init`. */
export function addInit(program: Command): void {
  program
    .command('init')
    .description(
      'Writes a configuration, a first spec, .env.example and a workflow for CI into the project of this folder.',
    )
    .option('--yes', 'replaces files that are there, without a question')
    .option('--keep', 'leaves files that are there as they are, without a question')
    .option('--json', 'one JSON object on standard output, nothing else')
    .addHelpText('after', '\nExit status: 0 done, 2 bad usage, or nobody can be asked, 130 interrupted.')
    .action(async (options: InitOptions) => {
      // Loaded only for this command.
      const { init } = await import('../init.ts')
      await interruptible((signal) => init(process.cwd(), options, signal))
    })
}
