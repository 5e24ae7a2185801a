import type { Command } from 'commander'

/** `vitest-tidb completion`. */
export function addCompletion(program: Command): void {
  program
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('Prints what a shell needs to complete this command, such as: eval "$(vitest-tidb completion bash)"')
    .addHelpText('after', '\nExit status: 0 done, 2 bad usage.')
    .action(async (shell: string) => {
      // Loaded only for this command.
      const { completion } = await import('../completion.ts')
      process.stdout.write(completion(program, shell))
    })
}
