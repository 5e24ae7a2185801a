import type { Replacement } from './result-text.ts'

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '/': '/', '\\': '\\' }
/** Classes that Go and MySQL know by name. */
const CLASSES: Readonly<Record<string, string>> = {
  digit: '0-9',
  alpha: 'A-Za-z',
  alnum: '0-9A-Za-z',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
  punct: '!-\\/:-@\\[-`{-~',
}

/**
 * Reads `/a/b/ /c/d/`: patterns as Go has them, each with what takes its place. A slash may stand in them behind a
 * backslash.
 *
 * @throws {SyntaxError} of what is no pattern, or not closed.
 */
export function parseReplaceRegex(argument: string): readonly Replacement[] {
  const parts: string[] = []
  let last: number | undefined
  for (let at = 0; at < argument.length; at += 1) {
    if (argument[at] !== '/' || argument[at - 1] === '\\') continue
    if (last !== undefined) parts.push(argument.slice(last + 1, at))
    // The third slash ends a pair, and what stands between it and the next is nothing.
    last = parts.length % 2 === 0 && parts.length > 0 && last !== undefined ? undefined : at
  }
  if (last !== undefined || parts.length === 0) throw new SyntaxError('it is not of the form /pattern/replacement/')
  return Array.from({ length: parts.length / 2 }, (_, pair) => ({
    pattern: compile(parts[2 * pair] ?? ''),
    replace: template(unescaped(parts[2 * pair + 1] ?? '')),
  }))
}

/** A pattern of Go as one of JavaScript. @throws {SyntaxError} */
function compile(pattern: string): RegExp {
  const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)([^]*)$/.exec(pattern) ?? []
  const source = rest.replaceAll('(?P<', '(?<').replace(/\[:(\w+):\]/g, (whole, name: string) => CLASSES[name] ?? whole)
  return new RegExp(source, `g${flags}`)
}

function unescaped(text: string): string {
  return text.replace(/\\([ntr/\\])/g, (_, letter: string) => ESCAPES[letter] ?? letter)
}

/** What a match becomes: `$1`, `${1}` and `$name` are groups, and the longest name counts. */
function template(text: string): Replacement['replace'] {
  if (!text.includes('$')) return () => text
  return (...match) => {
    const last: unknown = match.at(-1)
    const groups = (typeof last === 'object' && last !== null ? last : {}) as Readonly<
      Record<string, string | undefined>
    >
    return text.replace(/\$(?:(\w+)|\{(\w+)\}|(\$))/g, (_, bare?: string, braced?: string, dollar?: string) => {
      if (dollar !== undefined) return '$'
      const name = bare ?? braced ?? ''
      if (!/^\d+$/.test(name)) return groups[name] ?? ''
      // Behind the groups stand the place of the match and the whole text.
      const groupsEnd = match.findIndex((part: unknown) => typeof part === 'number')
      return Number(name) < groupsEnd ? (match[Number(name)] ?? '') : ''
    })
  }
}
