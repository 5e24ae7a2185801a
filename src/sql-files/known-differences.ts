import { existsSync, readFileSync } from 'node:fs'
import * as v from 'valibot'
import { yaml } from '../job-script/yaml.ts'
import { printable } from '../redact.ts'
import { writeWhole } from '../write-whole.ts'
import type { DifferenceKind } from '../side-by-side/difference.ts'
import { SqlFileError } from './sql-file-error.ts'

/** A difference that is known. */
interface Known {
  /** The statement as it is sent, on one line. */
  readonly statement: string
  readonly kind: DifferenceKind
  readonly reason: string
}

/** What a file calls baselines: the one that there is, and others if that is none of them. */
interface Names {
  readonly own?: string | undefined
  readonly others: readonly string[]
}

const schema = v.record(
  v.string(),
  v.array(
    v.strictObject({
      statement: v.pipe(v.string(), v.nonEmpty()),
      kind: v.picklist(['result', 'error', 'failure']),
      reason: v.pipe(v.string(), v.trim(), v.nonEmpty('the reason is missing')),
    }),
  ),
)

/** Where the known differences of a file are: beside it. */
export function knownFileOf(file: string): string {
  return file.replace(/\.[^.]*$/, '.differences.yaml')
}

/** What a file calls a statement: without what ends it, on one line. */
export function statementOf(sql: string): string {
  return sql.replace(/\s+/g, ' ').replace(/[\s;]+$/, '')
}

/** The differences of a file that are known between its server and one baseline, and which of them were seen. */
export class KnownDifferences {
  readonly #path: string
  readonly #known: readonly Known[]
  readonly #others: readonly string[]
  readonly #version: string
  /** What the file calls the baseline; undefined if it has nothing of it. */
  readonly #name: string | undefined
  readonly #seen = new Set<Known>()
  readonly #added: Known[] = []

  private constructor(path: string, version: string, known: readonly Known[] = [], names: Names = { others: [] }) {
    this.#path = path
    this.#name = names.own
    this.#version = version
    this.#known = known
    this.#others = names.others
  }

  /** @param version what the baseline calls itself. @throws {SqlFileError} if the file of them can't be read. */
  static of(file: string, version: string): KnownDifferences {
    const path = knownFileOf(file)
    if (!existsSync(path)) return new KnownDifferences(path, version)
    const { LineCounter, parseDocument } = yaml()
    const lineCounter = new LineCounter()
    const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter, prettyErrors: false })
    const [error] = document.errors
    if (error !== undefined) {
      throw new SqlFileError({ file: path, line: lineCounter.linePos(error.pos[0]).line }, error.message)
    }
    const read = v.safeParse(schema, document.toJS() ?? {})
    if (!read.success) {
      const [{ path: keys = [], message }] = read.issues
      const place = keys.map(({ key }) => String(key))
      const node = document.getIn(place, true) as { readonly range?: readonly number[] } | undefined
      const { line } = lineCounter.linePos(node?.range?.[0] ?? 0)
      throw new SqlFileError({ file: path, line: Math.max(1, line) }, `${place.join('.')}: ${message}`, {
        hints: ['write for each baseline a list of { statement, kind: result, error or failure, reason }'],
      })
    }
    const names = Object.keys(read.output)
    const own = names.filter((name) => isVersion(name, version))
    const known = own.flatMap((name) => read.output[name] ?? [])
    const [first] = own
    return new KnownDifferences(path, version, known, { own: first, others: own.length > 0 ? [] : names })
  }

  /** Whether a difference is a known one. */
  has(sql: string, kind: DifferenceKind): boolean {
    const statement = statementOf(sql)
    const found = this.#known.filter((each) => statementOf(each.statement) === statement && each.kind === kind)
    for (const each of found) this.#seen.add(each)
    return found.length > 0
  }

  /** Takes one that is not known as one that has no reason yet. */
  add(sql: string, kind: DifferenceKind): void {
    this.#added.push({ statement: statementOf(sql), kind, reason: '' })
  }

  /** Writes those that were added into the file, which keeps what is in it. */
  write(): void {
    if (this.#added.length === 0) return
    const document = yaml().parseDocument(existsSync(this.#path) ? readFileSync(this.#path, 'utf8') : '')
    const [release = this.#version] = /\bv\d\S*$/.exec(this.#version) ?? /^[\d.]+/.exec(this.#version) ?? []
    const key = this.#name ?? release
    if (this.#name === undefined) document.set(key, document.createNode([]))
    for (const each of this.#added.splice(0)) document.addIn([key], document.createNode(each))
    writeWhole(this.#path, String(document))
  }

  /** What to do about one that is not. */
  hint(sql: string, kind: DifferenceKind): string {
    const others = this.#others.length === 0 ? '' : ` (it has those of ${this.#others.join(', ')} alone)`
    const entry = JSON.stringify({ statement: statementOf(printable(sql)), kind, reason: '…' })
    return `if it is to stay, add to ${this.#path}${others}, under ${JSON.stringify(this.#version)}: - ${entry}`
  }

  /** What is recorded for another version of the baseline, in words; undefined if nothing is. */
  get passedOver(): string | undefined {
    if (this.#others.length === 0) return undefined
    return `${this.#path} has differences from ${this.#others.join(', ')}; the baseline is ${this.#version}, and none of them was taken as known`
  }

  /** @throws {SqlFileError} if one that is recorded did not occur, though the whole file was carried out. */
  demandSeen(): void {
    const gone = this.#known.filter((each) => !this.#seen.has(each))
    if (gone.length === 0) return
    const named = gone.map(({ statement, kind }) => `\n  ${kind}: ${printable(statement)}`).join('')
    throw new SqlFileError({ file: this.#path, line: 1 }, `these known differences are gone: remove them${named}`)
  }
}

/** Whether a name such as `v8.5.4`, `10.11` or `10.11.19-MariaDB` is that of a version. */
function isVersion(name: string, version: string): boolean {
  const at = version.indexOf(name)
  const end = version[at + name.length]
  return at !== -1 && (at === 0 || version[at - 1] === '-') && (end === undefined || /[-.+]/.test(end))
}
