import { AbortedError, ConfigError } from '../errors.ts'
import { Secret } from './secret.ts'

/**
 * Asks for a password without echo, in a terminal only.
 *
 * @throws {ConfigError} if there is no terminal to ask in; {AbortedError} after Ctrl-C, or once the signal is aborted.
 */
export async function askPassword(user: string, host: string, signal?: AbortSignal): Promise<Secret> {
  if (!process.stdin.isTTY) {
    throw new ConfigError(
      ['TIDB_PASSWORD_PROMPT'],
      "the password can't be asked for: standard input is not a terminal",
      {
        hints: ['use TIDB_PASSWORD or TIDB_PASSWORD_FILE if nobody can type'],
      },
    )
  }
  const { default: password } = await import('@inquirer/password')
  const context = { output: process.stderr, ...(signal !== undefined && { signal }) }
  const question = { message: `Password of ${user} at ${host}:`, mask: false, toggleMask: false }
  try {
    return new Secret(await password(question, context))
  } catch (error) {
    // In the prompt, Ctrl-C is a key, not a signal.
    const interrupted = error instanceof Error && error.name === 'ExitPromptError'
    if (!interrupted && signal?.aborted !== true) throw error
    throw new AbortedError(`interrupted while asking for the password of ${user} at ${host}`)
  }
}
