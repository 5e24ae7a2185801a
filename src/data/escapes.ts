/** What LOAD DATA, IMPORT INTO and SQL text read as one character, after a backslash. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
  '\x1a': '\\Z',
}

/** Writes each of these characters, of which there may be one more that is written twice, as its escape. */
export function escaper(signs: string, doubled?: string): (text: string) => string {
  const found = charactersOf(doubled === undefined ? signs : signs + doubled)
  const all = new RegExp(found, 'g')
  const escape = (sign: string) => ESCAPES[sign] ?? sign + sign
  return (text) => (found.test(text) ? text.replace(all, escape) : text)
}

/** An expression that finds any of these characters. */
export function charactersOf(signs: string): RegExp {
  return new RegExp(`[${signs.replace(/[\\\]^-]/g, '\\$&')}]`)
}
