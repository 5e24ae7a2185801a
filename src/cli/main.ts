#!/usr/bin/env node
import { Command } from 'commander'
import { packageVersion } from '../package-files.ts'
import { addCheck } from './commands/check.ts'
import { addCompletion } from './commands/completion.ts'
import { addDoctor } from './commands/doctor.ts'
import { addInit } from './commands/init.ts'
import { addKeptServers } from './commands/kept-servers.ts'
import { addReduce } from './commands/reduce.ts'
import { BAD_USAGE, NOBODY_READS } from './exit-status.ts'
import { reportError, wantsJson, withoutValues } from './report-error.ts'

const program = new Command('vitest-tidb')
  .description('Checks a TiDB, and starts one, without a project.')
  .version(packageVersion())
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({
    writeErr: (text) => wantsJson() || process.stderr.write(text),
    outputError: (text, write) => write(withoutValues(text)),
  })

addCheck(program)
addKeptServers(program, 'server')
addKeptServers(program, 'cluster')
addDoctor(program)
addInit(program)
addReduce(program)
addCompletion(program)

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
  reportError(error, BAD_USAGE)
}
