// What a statement begins with that changes nothing. `select … into outfile` and user-defined effects do not exist in TiDB's SELECT.
const READS =
  /^\s*(?:\/\*.*?\*\/\s*)*\(?\s*(?:select|show|explain|desc|describe|use|begin|start\s+transaction|commit|rollback)\b/is
const COMMITS = /^\s*(?:\/\*.*?\*\/\s*)*commit\b/is
const DEFINES = /^\s*(?:\/\*.*?\*\/\s*)*(?:alter|create|drop|truncate|rename|admin|flashback|recover)\b/is

/** Whether a statement may change something by itself. */
export function writes(sql: string): boolean {
  return !READS.test(sql)
}

/** Whether nobody knows what became of a statement whose connection was lost before the answer. */
export function leavesDoubt(sql: string): boolean {
  return COMMITS.test(sql) || writes(sql)
}

/** Whether a statement is DDL, which waits for metadata locks and not for row locks. */
export function isDefinition(sql: string): boolean {
  return DEFINES.test(sql)
}
