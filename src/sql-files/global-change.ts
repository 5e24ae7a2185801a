const CHANGES = [
  /\bset\s+(?:[^;]*,\s*)?(?:@@)?(?:global|persist)\b/i,
  /\bset\b[^;]*@@(?:global|persist)\s*\./i,
  /^\s*(?:create|drop|alter|rename)\s+(?:user|role|resource\s+group|placement\s+policy)\b/i,
  /^\s*(?:grant|revoke)\b/i,
  /^\s*(?:create|drop|set)\s+(?:global\s+)?binding\b.*|^\s*(?:create|drop)\s+global\s+binding\b/i,
  /^\s*set\s+(?:password|config|default\s+role)\b/i,
  /^\s*(?:flush|admin\s+reload|shutdown|kill|lock\s+stats|restart)\b/i,
  /\b(?:insert|replace|update|delete|truncate)\b[^;]*\bmysql\s*\.\s*\w/i,
]

/** Whether a statement, or one of several, changes more than databases, as far as its text tells. */
export function changesGlobals(sql: string): boolean {
  return CHANGES.some((pattern) => pattern.test(sql))
}

const CREATE = /\bcreate\s+(?:database|schema)\s+(?:if\s+not\s+exists\s+)?(?:`((?:[^`]|``)+)`|([\w$]+))/gi

/** Databases that a statement, or one of several, creates. */
export function databasesIn(sql: string): string[] {
  return [...sql.matchAll(CREATE)].map(([, quoted, bare]) => quoted?.replaceAll('``', '`') ?? bare ?? '')
}
