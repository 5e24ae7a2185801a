// What may stand before a statement's first word: blanks, brackets, comments that are none but comments.
const BEFORE = String.raw`^(?:[\s(]|\/\*(?!T?!|M!)(?:[^*]|\*(?!\/))*\*\/|--[ \t\r][^\n]*(?:\n|$)|--\n|#[^\n]*(?:\n|$))*`

function beginsWith(words: string): RegExp {
  return new RegExp(String.raw`${BEFORE}(?:${words})\b`, 'i')
}

const READS = beginsWith(String.raw`select|show|explain|desc|describe|use|begin|start\s+transaction|commit|rollback`)
const EXPLAINS = beginsWith('explain|desc|describe')
const COMMITS = beginsWith('commit')
const SETS = beginsWith('set')
const DEFINES = beginsWith('alter|create|drop|truncate|rename|admin|flashback|recover')
const CHANGES_ROWS = beginsWith('insert|update|delete|replace|load|import')

// What moves a sequence: nextval(), setval(), NEXT VALUE FOR.
const MOVES_SEQUENCE = /val(?:\s*\(|ue\s+for)/i
// A comment whose text is carried out: https://docs.pingcap.com/tidb/stable/comment-syntax/
const CARRIED_OUT = /\/\*(?:T?!|M!)/
const SECOND_STATEMENT = /;\s*[^;\s]/

/** Whether a statement that begins as a read may do more. */
function mayDoMore(sql: string): boolean {
  return (
    MOVES_SEQUENCE.test(sql) ||
    (sql.includes('/*') && CARRIED_OUT.test(sql)) ||
    (sql.includes(';') && SECOND_STATEMENT.test(sql))
  )
}

// Asked for each statement that is sent, and most texts are sent again and again: remembered, as far as they are short.
const known = new Map<string, boolean>()
const KNOWN_MOST = 500
const KNOWN_LENGTH = 500

/** Whether a statement may change something by itself: false only of what surely reads. */
export function writes(sql: string): boolean {
  if (sql.length > KNOWN_LENGTH) return mayWrite(sql)
  let answer = known.get(sql)
  if (answer === undefined) {
    if (known.size === KNOWN_MOST) known.clear()
    known.set(sql, (answer = mayWrite(sql)))
  }
  return answer
}

function mayWrite(sql: string): boolean {
  return !READS.test(sql) || mayDoMore(sql) || (EXPLAINS.test(sql) && /\banalyze\b/i.test(sql))
}

/** Whether nobody knows what became of a statement whose connection was lost before the answer. */
export function leavesDoubt(sql: string): boolean {
  return COMMITS.test(sql) || writes(sql)
}

/** Whether a statement may set the time zone of the server's new sessions. */
export function maySetZone(sql: string): boolean {
  return SETS.test(sql) && /\btime_zone\b/i.test(sql) && /\b(?:global|persist)\b/i.test(sql)
}

/** Whether a statement is DDL, which waits for metadata locks and not for row locks. */
export function isDefinition(sql: string): boolean {
  return DEFINES.test(sql)
}

/** Whether a statement may be DDL or have DDL in it: false only of what surely reads or changes rows. */
export function mayDefine(sql: string): boolean {
  return writes(sql) && (!CHANGES_ROWS.test(sql) || mayDoMore(sql))
}
