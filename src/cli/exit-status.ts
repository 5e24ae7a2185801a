/** What the command ends with, whatever the subcommand. */
export const OK = 0
/** Not done, or not well. */
export const FAILED = 1
export const BAD_USAGE = 2
// As a shell has it of a command that a signal ended: 128 and its number.
export const INTERRUPTED = 130
export const NOBODY_READS = 141
