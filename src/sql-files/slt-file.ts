import { printable } from '../redact.ts'
import { changesGlobals, databasesIn } from './global-change.ts'
import type { SqlFileKind, SqlScript } from './script.ts'
import { parseSlt } from './slt-language.ts'
import type { SltRecord } from './slt-record.ts'
import { SltRun } from './slt-run.ts'

/** How much of a statement is the name of its test, in characters. */
const NAMED = 120

/** Files of sqllogictest: each statement and query is a test, and what it expects stands below it. */
export const sltFile: SqlFileKind = {
  extension: '.slt',
  read(text, file): SqlScript {
    const { records, includes } = parseSlt(text, file)
    const indexes = records.flatMap((record, index) => (isCase(record) ? [index] : []))
    const cases = indexes.flatMap((index) => {
      const record = records[index]
      return record === undefined ? [] : [{ line: record.at, name: titleOf(record) }]
    })
    const sqlAt = (at: number) => sqlOf(records[indexes[at] ?? -1])
    return {
      cases,
      global: cases.filter((_, at) => changesGlobals(sqlAt(at))),
      databases: records.flatMap((record) => databasesIn(sqlOf(record))),
      includes,
      begin: (stage) => Promise.resolve(new SltRun(records, indexes, stage, text)),
    }
  },
}

const BEGINNING =
  /^(?:(?:skipif|onlyif|hash-threshold|control|require|mode|include)[ \t]+[^;\s]+|statement[ \t]+(?:ok|error|count)|query[ \t]+[A-Z?]+|halt)[^;]*$/

/** Whether a text begins as files of sqllogictest do: with a directive, on a line of its own. */
export function isSlt(text: string): boolean {
  const [line = ''] = /^(?!#)[^\n]*\S[^\n]*/m.exec(text) ?? []
  return BEGINNING.test(line.trim())
}

function isCase({ kind }: SltRecord): boolean {
  return kind === 'statement' || kind === 'query' || kind === 'let' || kind === 'system'
}

function sqlOf(record: SltRecord | undefined): string {
  return record !== undefined && 'sql' in record && record.skipped === undefined ? record.sql : ''
}

function titleOf(record: SltRecord): string {
  const text = 'sql' in record ? record.sql : record.kind === 'system' ? `system: ${record.command}` : ''
  const line = printable(text)
  const head = `${record.at}:${record.context === '' ? '' : ` ${record.context}:`}`
  return `${head} ${line.length > NAMED ? `${line.slice(0, NAMED - 1)}…` : line}`
}
