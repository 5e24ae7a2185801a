import { infoText } from './rows.ts'

/** What one statement was answered with: each byte that the server sent is a character. */
export interface TextResult {
  /** Names of its columns; none if it has no result set. */
  readonly columns: readonly string[]
  readonly rows: readonly TextRow[]
  /** Rows that were changed, not counting those that were found as they should be. */
  readonly affectedRows: number
  /** What the server says of it, such as `Records: 2  Duplicates: 0  Warnings: 0`. */
  readonly info: string
}

/** Values of a row, as the server sent them; null is NULL. */
export type TextRow = readonly (string | null)[]

/** Bytes, one a character, as text. */
export function toLetters(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}

interface Header {
  readonly affectedRows: number
  readonly info?: string
}

type Field = Readonly<{
  name: string
  _buf?: Buffer
  _orgTableStart?: number
  _orgTableLength?: number
}>

/** The results of the driver, of statements whose values it was told to leave as they are. */
export function toResults(rows: unknown, fields: unknown): TextResult[] {
  // Of several statements, the driver has arrays; of one, what would be in them.
  const several = Array.isArray(fields) && fields.some((field) => field === undefined || Array.isArray(field))
  const all = several ? (rows as unknown[]) : [rows]
  const shapes = several ? (fields as (readonly Field[] | undefined)[]) : [fields as readonly Field[] | undefined]
  return all.map((result, index) => {
    const shape = shapes[index]
    if (shape === undefined) {
      const { affectedRows, info = '' } = result as Header
      return { columns: [], rows: [], affectedRows, info: infoText(info) }
    }
    const values = (result as (Buffer | null)[][]).map((row) => row.map((value) => value?.toString('latin1') ?? null))
    return { columns: shape.map(nameOf), rows: values, affectedRows: 0, info: '' }
  })
}

/** The name of a column, byte by byte: the driver decodes it as the values of the column, which it need not be in. */
function nameOf({ name, _buf, _orgTableStart, _orgTableLength }: Field): string {
  if (_buf === undefined || _orgTableStart === undefined || _orgTableLength === undefined) {
    return Buffer.from(name).toString('latin1')
  }
  const at = _orgTableStart + _orgTableLength
  const first = _buf[at] ?? 0
  const [start, length] = first < 251 ? [at + 1, first] : [at + 3, _buf.readUInt16LE(at + 1)]
  return _buf.toString('latin1', start, start + length)
}
