import { SqlFileError, type Place } from './sql-file-error.ts'

/**
 * A condition of mysqltest: `$n`, `!$n`, `$n < 3`, or a statement in backticks; 0 and the empty text are false.
 *
 * @param valueOf what a text is with its variables, or the statement in it returns.
 * @throws {SqlFileError} if an order is asked of what are no numbers.
 */
export async function holds(
  condition: string,
  place: Place,
  valueOf: (text: string) => Promise<string>,
): Promise<boolean> {
  const [, left = '', operator, right = ''] = /^([^]*?)\s*(==|!=|<=|>=|<|>)\s*([^]*)$/.exec(condition) ?? []
  if (operator === undefined || condition.startsWith('`')) {
    const negated = condition.startsWith('!')
    const value = (await valueOf(condition.slice(negated ? 1 : 0).trim())).trim()
    return (value !== '' && value !== '0' && !value.startsWith('$')) !== negated
  }
  const [one, other] = [unquoted(await valueOf(left)), unquoted(await valueOf(right))]
  if (operator === '==') return one === other
  if (operator === '!=') return one !== other
  const [a, b] = [Number(one), Number(other)]
  if (Number.isNaN(a) || Number.isNaN(b)) {
    throw new SqlFileError(place, `${operator} compares numbers, and not ${one} with ${other}`)
  }
  return operator === '<' ? a < b : operator === '>' ? a > b : operator === '<=' ? a <= b : a >= b
}

function unquoted(text: string): string {
  return /^(['"])([^]*)\1$/.exec(text)?.[2] ?? text
}
