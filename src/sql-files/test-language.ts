import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { nearest } from '../nearest.ts'
import { SqlFileError, type Place } from './sql-file-error.ts'
import { COMMANDS, NOT_SUPPORTED, SENDING, type CommandName, type Step } from './test-command.ts'

const known = new Set<string>(COMMANDS)
const refused = new Set(NOT_SUPPORTED)
/** How deep files may source each other: a file that sources itself would never end. */
const MOST_SOURCES = 16

/** Commands that may fail with an error that is expected. */
const CONSUMES: ReadonlySet<CommandName> = new Set([...SENDING, 'connect', 'end_concurrent'])

type Draft = Step extends infer Each
  ? Each extends Step
    ? { -readonly [Key in keyof Each]: Each[Key] }
    : never
  : never

interface Block extends Place {
  readonly word: 'if' | 'while'
  /** The step that decides. */
  readonly head: number
}

/**
 * Reads a file in the language of mysqltest, as mysql-tester takes it: a statement ends with the last delimiter of a line,
 * so that several on one line are sent together, and its lines lose what is white at both ends.
 *
 * @throws {SqlFileError} with the line of what can't be read, or is not supported.
 */
export function parseTest(text: string, file: string): readonly Step[] {
  return new Parser().parse(text, file)
}

class Parser {
  readonly #steps: Draft[] = []
  readonly #blocks: Block[] = []
  /** Of the commands that source a file: their lines in the file that is read. */
  readonly #sources: Place[] = []
  #delimiter = ';'
  /** Where what is sent side by side begins. */
  #concurrent = 0
  #statement: { readonly line: number; text: string } | undefined

  parse(text: string, file: string): readonly Step[] {
    this.#read(text, file)
    const [open] = this.#blocks
    if (open !== undefined) throw new SqlFileError(open, `the block of this ${open.word} is not closed: no } follows`)
    const last = this.#steps.findLast(
      (step) => step.kind !== 'command' || CONSUMES.has(step.name) || step.name === 'error',
    )
    if (last?.kind === 'command' && last.name === 'error')
      throw new SqlFileError(last, 'error before nothing that could fail')
    return this.#steps
  }

  #read(text: string, file: string): void {
    const blocks = this.#blocks.length
    text.split('\n').forEach((line, index) => this.#readLine(line.trim(), { file, line: index + 1 }))
    this.#endOpen('the end', { file, line: text.split('\n').length })
    const open = this.#blocks[blocks]
    if (open !== undefined && this.#sources.length > 0) {
      throw new SqlFileError(open, `the block of this ${open.word} is not closed in its own file`)
    }
  }

  #readLine(text: string, place: Place): void {
    if (text === '') return
    if (this.#statement === undefined) {
      if (text.startsWith('#')) return
      if (text.startsWith('--')) return this.#readCommand(text.slice(2).trim(), place, true)
      if (/^delimiter\s/i.test(text)) return this.#setDelimiter(text.slice('delimiter'.length), place)
      if (this.#readBlock(text, place)) return
      this.#statement = { line: place.line, text }
    } else {
      if (text.startsWith('#') || text.startsWith('--')) {
        this.#endOpen(text.startsWith('#') ? 'a comment' : 'a command', place)
        return this.#readLine(text, place)
      }
      this.#statement.text += `\n${text}`
    }
    const { text: whole, line } = this.#statement
    const after = endOf(whole, this.#delimiter)
    if (after === undefined) return
    const behind = whole.slice(after)
    const rest = behind.trim()
    // What stands behind the last delimiter of a line is a comment, or begins a statement.
    const isComment = /^(?:#|--\s)/.test(rest)
    this.#statement = rest === '' || isComment ? undefined : { line: place.line, text: rest }
    this.#endStatement(whole.slice(0, after).trim(), { ...place, line }, isComment ? behind : undefined)
  }

  /** Ends a statement where something follows that is none of it. With semicolons, mysql-tester has taken it for a whole one. */
  #endOpen(what: string, { file, line }: Place): void {
    const open = this.#statement
    if (open === undefined) return
    this.#statement = undefined
    if (this.#delimiter === ';') return this.#endStatement(open.text, { file, line: open.line })
    const hints = [`end it with ${this.#delimiter}, or write what is a comment in it as /* … */`]
    const place = { file, line: open.line }
    throw new SqlFileError(place, `the statement that begins here is not ended before ${what} in line ${line}`, {
      hints,
    })
  }

  #endStatement(text: string, place: Place, comment?: string): void {
    const sql = text.endsWith(this.#delimiter) ? text.slice(0, -this.#delimiter.length) : text
    // As mysql-tester does: a delimiter by itself is nothing.
    if (text.length < 3 || sql.trim() === '') return
    const [word = ''] = /^[^\s(]*/.exec(sql) ?? []
    const name = word.toLowerCase()
    if (known.has(name) || refused.has(name)) return this.#readCommand(sql.trim(), place, false)
    // The server quotes what it was sent: the files of TiDB are recorded with their semicolons.
    const sent = this.#delimiter === ';' ? text : sql
    this.#add({ kind: 'statement', text, sql: sent, ...(comment !== undefined && { comment }) }, place)
  }

  #readCommand(text: string, place: Place, dashed: boolean): void {
    const [word = ''] = /^[^\s(;]+/.exec(text) ?? []
    const name = word.toLowerCase()
    if (name === 'delimiter') return this.#setDelimiter(text.slice(word.length), place)
    if (dashed && this.#readBlock(text, place)) return
    if (!known.has(name)) throw unknown(word, place)
    let argument = text.slice(word.length)
    // With dashes, the line is the end of a command; a delimiter may stand there all the same, but not in what is text.
    if (dashed && !/^(?:echo|replace_|let|exec$|die|skip)/.test(name) && argument.trimEnd().endsWith(this.#delimiter)) {
      argument = argument.trimEnd().slice(0, -this.#delimiter.length)
    }
    argument = argument.trim()
    if (name === 'source') return this.#source(argument, place)
    this.#add({ kind: 'command', name: name as CommandName, argument }, place)
    if (name === 'begin_concurrent') this.#concurrent = this.#steps.length
    if (name === 'end_concurrent')
      for (const step of this.#steps.slice(this.#concurrent)) step.settledAt = this.#steps.length
  }

  /** @returns whether the line opens or closes a block. */
  #readBlock(text: string, place: Place): boolean {
    const opening = /^(if|while)\s*\((.*)\)\s*(\{?)$/is.exec(text)
    if (opening !== null) {
      const [, word = '', condition = ''] = opening
      this.#blocks.push({ ...place, word: word.toLowerCase() as Block['word'], head: this.#steps.length })
      this.#add({ kind: 'unless', condition: condition.trim(), target: -1 }, place)
      return true
    }
    if (text === '{') {
      const head = this.#steps.at(-1)
      if (head?.kind !== 'unless') throw new SqlFileError(place, '{ without an if or a while before it')
      return true
    }
    if (text !== '}') return false
    const block = this.#blocks.pop()
    if (block === undefined) throw new SqlFileError(place, '} without a block that it closes')
    const head = this.#steps[block.head]
    if (block.word === 'while') this.#add({ kind: 'goto', target: block.head }, place)
    if (head?.kind === 'unless') head.target = this.#steps.length
    if (block.word === 'while') {
      for (const step of this.#steps.slice(block.head)) step.settledAt = this.#steps.length
    }
    return true
  }

  #setDelimiter(argument: string, place: Place): void {
    const [delimiter] = argument.trim().split(/\s+/)
    if (!delimiter) throw new SqlFileError(place, 'delimiter needs what statements end with from here on, such as //')
    this.#delimiter = delimiter
  }

  #source(name: string, place: Place): void {
    if (this.#sources.length >= MOST_SOURCES) {
      throw new SqlFileError(place, `files source each other more than ${MOST_SOURCES} deep`)
    }
    if (/\$/.test(name)) throw new SqlFileError(place, `source takes the name of a file, and no variable: ${name}`)
    const path = join(dirname(place.file), name)
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (cause) {
      throw new SqlFileError(place, `the file that is sourced here can't be read: ${path}`, { cause })
    }
    this.#sources.push(place)
    this.#read(text, path)
    this.#sources.pop()
  }

  #add(step: StepKind, place: Place): void {
    const at = this.#sources[0]?.line ?? place.line
    this.#steps.push({ ...step, ...place, at, settledAt: this.#steps.length + 1 })
  }
}

/** What no delimiter stands in, unless it ends a line. */
const WHOLE = /'(?:[^'\\]|\\[^])*(?:'|$)|"(?:[^"\\]|\\[^])*(?:"|$)|`[^`]*(?:`|$)|\/\*[^]*?(?:\*\/|$)|(?:#|--\s).*/g

/** Where a statement ends: behind a delimiter that ends the line, or else the last that is in no text or comment. */
function endOf(statement: string, delimiter: string): number | undefined {
  if (statement.endsWith(delimiter)) return statement.length
  if (!statement.includes(delimiter)) return undefined
  const end = statement.replace(WHOLE, (part) => ' '.repeat(part.length)).lastIndexOf(delimiter)
  return end === -1 ? undefined : end + delimiter.length
}

type StepKind = Step extends infer Each
  ? Each extends Step
    ? Omit<Each, 'file' | 'line' | 'at' | 'settledAt'>
    : never
  : never

function unknown(word: string, place: Place): SqlFileError {
  if (refused.has(word.toLowerCase())) {
    return new SqlFileError(place, `${word} is not supported`, { hints: ['docs/sql-files.md lists what is'] })
  }
  const meant = nearest(word.toLowerCase(), COMMANDS)
  return new SqlFileError(place, `there is no command ${word}`, {
    hints: [meant === undefined ? 'begin a comment with #' : `did you mean ${meant}? Begin a comment with #`],
  })
}
