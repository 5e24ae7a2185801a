import { readFileSync } from 'node:fs'
import { parse } from 'dotenv'
import { ConfigError } from '../errors.ts'

/**
 * The variables of a .env file, undefined where there is no such file. process.env is left alone.
 *
 * @throws {ConfigError} where the file is there and can't be read.
 */
export function readEnvFile(path: string): Record<string, string> | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ConfigError(['.env'], `${path} can't be read: ${(cause as Error).message}`, { cause })
  }
  return parse(text)
}
