import { resolve } from 'node:path'
import { loadConfig } from '../config/config.ts'
import type { Settings } from '../config/settings.ts'
import { toMs } from '../duration.ts'
import { formatQuantity } from '../number-format.ts'
import { reduceFile } from '../sql-files/reduce.ts'
import { writeWhole } from '../write-whole.ts'
import { INTERRUPTED } from './exit-status.ts'
import { printJson, printLine, printProgress } from './print.ts'

export interface ReduceCommand {
  readonly within: string
  readonly out?: string
  readonly baseline?: string
  readonly json?: boolean
}

const ENDS = {
  smallest: 'none of them can be left out',
  time: 'the time is over: there may be smaller ones',
  interrupted: 'interrupted: there may be smaller ones',
} as const

/** Writes the smallest file that fails as this one does. */
export async function reduce(file: string, options: ReduceCommand, signal: AbortSignal): Promise<void> {
  const { within, out = file.replace(/(\.[^.]*)$/, '.reduced$1'), baseline, json = false } = options
  const withinMs = toMs(within, '--within')
  // Checked with the others, as it is written.
  const commandLine = (baseline === undefined ? {} : { baseline }) as Settings
  const { config } = loadConfig({ commandLine })
  const reduced = await reduceFile({
    ...{ file: resolve(file), root: process.cwd(), config, withinMs, signal, onProgress: printProgress },
    // At once: whatever ends this, the best so far is there.
    onSmaller: (text) => writeWhole(resolve(out), text),
  })
  if (reduced.end === 'interrupted') process.exitCode = INTERRUPTED
  if (json) return printJson({ ok: true, file, out, ...reduced })
  const { before, after, tries, end } = reduced
  printLine(
    `${out}: ${after} of ${formatQuantity(before, 'part')} fail in the same way; ${ENDS[end]} (${formatQuantity(tries, 'try', 'tries')})`,
  )
}
