import { toBytes } from './result-text.ts'
import { SqlFileError, type Place } from './sql-file-error.ts'

const HERE = new Set(['', 'localhost', '127.0.0.1'])

/** Texts for columns: `1 # 3 <time>`. @throws {SqlFileError} */
export function columnsOf(argument: string, place: Place): ReadonlyMap<number, string> {
  const what = 'replace_column needs numbers from 1, each with a text: replace_column 1 # 3 <time>'
  return new Map(
    pairsOf(argument, place, what).map(([column, text]) => {
      if (!/^[1-9]\d*$/.test(column)) throw new SqlFileError(place, what)
      return [Number(column), toBytes(text)]
    }),
  )
}

/** Words in pairs; one may stand in quotes. @throws {SqlFileError} that says what is needed. */
export function pairsOf(argument: string, place: Place, needed: string): (readonly [string, string])[] {
  const words = [...argument.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  )
  if (words.length === 0 || words.length % 2 === 1) throw new SqlFileError(place, needed)
  return Array.from({ length: words.length / 2 }, (_, at) => [words[2 * at] ?? '', words[2 * at + 1] ?? ''] as const)
}

/** Numbers and names of errors: `1146,ER_NO_SUCH_TABLE`. @throws {SqlFileError} */
export function errorsOf(argument: string, place: Place): readonly string[] {
  const errors = argument
    .split(',')
    .map((error) => error.trim())
    .filter(Boolean)
  if (errors.length === 0) throw new SqlFileError(place, 'error needs the number or name of an error, such as 1146')
  return errors
}

/** What `connect` dials: `(name, host, user, password, database)`. @throws {SqlFileError} */
export function dialOf(argument: string, place: Place, expanded: (text: string) => string) {
  const [, list] = /^\((.*)\)$/s.exec(argument) ?? []
  if (list === undefined) throw new SqlFileError(place, 'connect needs (name, host, user, password, database)')
  const [name = '', host = '', user = '', password = '', database = ''] = list
    .split(',')
    .map((part) => expanded(part.trim()))
  if (name === '') throw new SqlFileError(place, 'connect needs a name for the connection')
  if (!HERE.has(host)) throw new SqlFileError(place, `a connection is to the server of the file, and not to ${host}`)
  return { name, user, password, database: database === '' ? undefined : database }
}
