import { SqlScanner } from '../sql-scanner.ts'

/** Whether a statement says in what order its rows come: an ORDER BY that is in no bracket. */
export function saysOrder(sql: string): boolean {
  const scanner = new SqlScanner(sql)
  let depth = 0
  let before = ''
  for (let at = scanner.skipBlank(0); at < sql.length; at = scanner.skipBlank(at)) {
    const literal = scanner.literal(at)
    const word = literal === undefined ? scanner.word(at).toLowerCase() : ''
    if (depth === 0 && before === 'order' && word === 'by') return true
    if (sql[at] === '(') depth += 1
    else if (sql[at] === ')') depth -= 1
    before = word
    at = literal?.end ?? (word === '' ? scanner.pastOther(at) : at + word.length)
  }
  return false
}
