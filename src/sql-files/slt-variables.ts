import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wallTime } from '../clock.ts'
import { childEnv } from '../server/child-env.ts'
import { SqlFileError, type Place } from './sql-file-error.ts'

const NAME = String.raw`[A-Za-z_]\w*`

/** What `$name` stands for in a file: results of `let`, three names of the runner, and what commands see of the environment. */
export class SltVariables {
  readonly #database: string
  readonly #values = new Map<string, string>()
  /** Those that stand for their value where substitution is off, too. */
  readonly #everywhere = new Set<string>()
  #folder: string | undefined

  constructor(database: string) {
    this.#database = database
  }

  set(name: string, value: string, everywhere: boolean): void {
    this.#values.set(name, value)
    if (everywhere) this.#everywhere.add(name)
  }

  /** Removes what it made. */
  end(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = undefined
  }

  /** A statement with values for its variables. @throws {SqlFileError} if one has no value. */
  replacedIn(sql: string, substitution: boolean, place: Place): string {
    if (!sql.includes('$') && !(substitution && sql.includes('\\'))) return sql
    if (substitution) return this.#expanded(sql, place)
    if (this.#everywhere.size === 0) return sql
    return sql.replace(new RegExp(String.raw`\$(${NAME})`, 'g'), (all, name: string) =>
      this.#everywhere.has(name) ? (this.#values.get(name) ?? all) : all,
    )
  }

  /** A command with the names of the runner: its other variables are those of the shell. */
  special(command: string): string {
    return command.replace(
      /\$(?:\{(__\w+__)\}|(__[A-Z_]+__))/g,
      (all, braced: string, bare: string) => this.#special(braced ?? bare) ?? all,
    )
  }

  #expanded(text: string, place: Place): string {
    let out = ''
    for (let at = 0; at < text.length;) {
      const character = text[at]
      if (character === '\\' && /[\\${}:]/.test(text[at + 1] ?? '')) {
        out += text[at + 1]
        at += 2
      } else if (character === '$') {
        const { value, end } = this.#variable(text, at + 1, place)
        out += value
        at = end
      } else {
        out += character
        at += 1
      }
    }
    return out
  }

  #variable(text: string, from: number, place: Place): { readonly value: string; readonly end: number } {
    const isBraced = text[from] === '{'
    const [name] = new RegExp(NAME, 'y').exec(text.slice(isBraced ? from + 1 : from)) ?? []
    if (name === undefined) {
      throw new SqlFileError(place, 'a $ without a name behind it, while substitution is on', {
        hints: [String.raw`write \$ for the character itself`],
      })
    }
    const known = this.#special(name) ?? this.#values.get(name) ?? childEnv('command')[name]
    let end = from + name.length
    let fallback: string | undefined
    if (isBraced) {
      end += 1
      const close = closingOf(text, end)
      if (close === undefined || (text[end] !== ':' && close !== end)) {
        throw new SqlFileError(place, `\${${name} is not closed by a }, or has more than a name and a default`)
      }
      if (text[end] === ':') fallback = text.slice(end + 1, close)
      end = close + 1
    }
    if (known !== undefined) return { value: known, end }
    if (fallback !== undefined) return { value: this.#expanded(fallback, place), end }
    throw new SqlFileError(place, `the variable ${name} has no value`, {
      hints: [`give it one with let, or a default: \${${name}:default}`],
    })
  }

  #special(name: string): string | undefined {
    switch (name) {
      case '__DATABASE__':
        return this.#database
      case '__NOW__':
        return `${Math.round(wallTime() * 1_000)}000`
      case '__TEST_DIR__':
        return (this.#folder ??= mkdtempSync(join(tmpdir(), 'vitest-tidb-slt-')))
      default:
        return undefined
    }
  }
}

/** Where the brace is that closes the one before. */
function closingOf(text: string, from: number): number | undefined {
  let depth = 1
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '{') depth += 1
    else if (text[at] === '}' && (depth -= 1) === 0) return at
  }
  return undefined
}
