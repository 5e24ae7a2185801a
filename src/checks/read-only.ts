import { writes } from '../connection/statement-kind.ts'

const ADMIN_SHOW = /^\s*admin\s+show\s/i
// Of SELECT: a file on the server, locks, and what ends or holds up somebody.
const DOES_MORE =
  /\binto\s+(?:outfile|dumpfile|@)|\bfor\s+update\b|\block\s+in\s+share\b|\b(?:get_lock|release_lock|release_all_locks|sleep|benchmark)\s*\(/i
const WITH = /^[\s(]*with\b/i
const CHANGES_ROWS = /\b(?:insert|update|delete|replace)\b/i
const READS = /^[\s(]*(?:select|show|explain|desc|describe|with)\b/i

/**
 * Whether a check may send a statement: it reads, and nothing else. TiDB has no transaction that would see to it: it
 * refuses START TRANSACTION READ ONLY, and with `tidb_enable_noop_functions` takes it and commits what is written.
 */
export function onlyReads(sql: string): boolean {
  if (ADMIN_SHOW.test(sql)) return !sql.includes(';')
  if (!READS.test(sql) || DOES_MORE.test(sql)) return false
  // What follows the queries may be a DELETE.
  return WITH.test(sql) ? !CHANGES_ROWS.test(sql) && !writes(sql.replace(WITH, 'select')) : !writes(sql)
}
