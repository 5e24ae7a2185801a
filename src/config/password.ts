import { ConfigError } from '../errors.ts'
import { Secret } from './secret.ts'

/**
 * Asks for a password without echo, in a terminal only.
 *
 * @throws {ConfigError} where there is no terminal to ask in.
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
  return new Secret(await password({ message: `Password of ${user} at ${host}:`, mask: false }, context))
}
