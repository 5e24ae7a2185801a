import { createHash } from 'node:crypto'
import { ConfigError } from '../errors.ts'

/** What the databases of all groups begin with. */
export const GROUP_PREFIX = 'vitest_tidb_group_'

const READABLE = 24
const LONGEST = 100

/**
 * Name of the database, and of the lock, of a group: readable as far as it goes, and told apart by a checksum, since
 * TiDB takes 64 characters for either and knows no upper and lower case in them.
 */
export function groupDatabase(group: string): string {
  const readable = group
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, READABLE)
  const checksum = createHash('sha256').update(group).digest('hex').slice(0, 12)
  return `${GROUP_PREFIX}${readable}_${checksum}`
}

/**
 * A name of a group, party, barrier, signal or turn as the tables take it.
 *
 * @throws {ConfigError} if it is empty, longer than 100 characters, or begins or ends with a space, which SQL ignores.
 */
export function checkName(what: string, name: string): string {
  const fits = name.length > 0 && name.length <= LONGEST && name.trim() === name && !/\p{Cc}/u.test(name)
  if (fits) return name
  throw new ConfigError([what], `${what} is ${JSON.stringify(name)}, which can't be a name`, {
    hints: [`give 1 to ${LONGEST} characters, without line breaks, and without spaces at either end`],
  })
}
