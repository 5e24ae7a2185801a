import { fault, type Spot } from './slt-source.ts'

/** Names by which `skipif` and `onlyif` know a TiDB. */
export const engines: readonly string[] = ['tidb', 'mysql']

/** What DuckDB may require of its own build, and no other server has to be asked for. */
const OF_ITS_BUILD = /^(?:no.*|skip_reload|strinline|longdouble|64bit|(?:exact_)?vector_size|block_size|ram)$/

/** Whether what stands behind `skipif` or `onlyif` is true: the name of an engine, or a variable of a loop compared. */
export function holds(spot: Spot, [argument = '', ...more]: readonly string[]): boolean {
  // A configuration of CockroachDB, which is none of ours.
  if (argument === 'config') return false
  const [, variable = '', operator, value = ''] = /^(\w+)(<>|!=|<=|>=|=|<|>)(.*)$/.exec(argument) ?? []
  if (operator !== undefined) {
    const own = spot.loops.get(variable)
    if (own === undefined) throw fault(spot, `${variable} is no variable of a loop around this`)
    return compared(own, operator, value)
  }
  const [next = '#'] = more
  if (!next.startsWith('#')) throw fault(spot, `one engine is named, and not also ${next}`)
  return engines.includes(argument.toLowerCase())
}

/** Whether something that DuckDB requires is an extension of it, so that what follows is for nobody else. */
export function isExtension(required: string): boolean {
  return !OF_ITS_BUILD.test(required.toLowerCase())
}

function compared(own: string, operator: string, value: string): boolean {
  const isNumber = [own, value].every((text) => /^-?\d+(?:\.\d+)?$/.test(text))
  const order = isNumber ? Number(own) - Number(value) : own < value ? -1 : own > value ? 1 : 0
  switch (operator) {
    case '=':
      return order === 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    default:
      return order !== 0
  }
}
