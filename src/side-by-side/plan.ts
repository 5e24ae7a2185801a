import type { TextResult } from '../connection/text-result.ts'

const EXPLAINS = /^(?:\s|\/\*[^]*?\*\/)*(?:explain|desc|describe)\b/i

/** Whether a result is the plan of a statement, not the columns of a table. */
export function isPlan(sql: string, { columns }: TextResult): boolean {
  return EXPLAINS.test(sql) && columns.length > 0 && columns[0] !== 'Field'
}

/** What two servers estimate, measure and number each in their own way. */
const OWN = /^(?:estRows|estCost|costFormula|actRows|execution info|memory|disk)$/
/** The same in a plan that is one text, in JSON. */
const OWN_IN_JSON = /"(?:estRows|estCost|costFormula|actRows|executeInfo|memoryInfo|diskInfo)":\s*"[^"]*",?\s*/g

/** A plan of TiDB without costs and what they were estimated from, and without the numbers of its operators and columns. */
export function comparablePlan({ columns, rows, ...rest }: TextResult): TextResult {
  const kept = columns.flatMap((name, at) => (OWN.test(name) ? [] : [at]))
  return {
    ...rest,
    columns: kept.map((at) => columns[at] ?? ''),
    rows: rows.map((row) => kept.map((at) => withoutNumbers(row[at] ?? null))),
  }
}

function withoutNumbers(value: string | null): string | null {
  return (
    value
      ?.replace(OWN_IN_JSON, '')
      .replace(/\b([A-Z][A-Za-z]+)_\d+\b/g, '$1')
      .replace(/, stats:\w+(?:\[[^\]]*\])?/g, '')
      .replace(/\bcluster\d+/g, 'cluster')
      .replace(/\bColumn#\d+/g, 'Column#') ?? null
  )
}
