import type { ExpectedError } from './slt-record.ts'

/**
 * A pattern of an error, as Rust and Go write it: flags may stand before it, such as `(?i)`.
 *
 * @throws {SyntaxError} if it is none.
 */
export function errorPattern(source: string): RegExp {
  const [all = '', flags = ''] = /^\(\?([ims]+)\)/.exec(source) ?? []
  return new RegExp(source.slice(all.length), flags)
}

/**
 * What stands behind `error`: nothing, `(42S02)`, `pgcode 42S02` with or without a pattern, or a pattern.
 *
 * @throws {SyntaxError} if a pattern is none.
 */
export function expectedError(text: string): ExpectedError {
  if (text === '') return { kind: 'any' }
  const [, state] = /^\(([0-9A-Z]{5})\)$/.exec(text) ?? []
  if (state !== undefined) return { kind: 'state', state }
  const [, code, rest = ''] = /^pgcode\s+([0-9A-Za-z]+)(?:\s+(.*))?$/.exec(text) ?? []
  if (code !== undefined) return { kind: 'state', state: code, ...(rest !== '' && { message: errorPattern(rest) }) }
  return { kind: 'matches', pattern: errorPattern(text) }
}

/** A text as a pattern that matches nothing else. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
