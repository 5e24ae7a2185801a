import type { Command } from 'commander'
import type { DoctorOptions } from '../doctor.ts'
import { FAILED, OK } from '../exit-status.ts'

/** `vitest-tidb doctor`. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Says what this machine has for a run, what is configured and where, and what a run would do.')
    .option('--clean', 'removes what dead runs and servers left')
    .option('--json', 'one JSON object on standard output, nothing else')
    .addHelpText(
      'after',
      '\nExit status: 0 a run would have a TiDB, 1 it would not, or a setting is wrong, 2 bad usage.',
    )
    .action(async (options: DoctorOptions) => {
      // Loaded only for this command.
      const { doctor } = await import('../doctor.ts')
      process.exitCode = (await doctor(options)) ? OK : FAILED
    })
}
