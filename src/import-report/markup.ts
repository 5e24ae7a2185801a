import { htmlEscape } from 'escape-goat'

/** Text that a page may hold as it is: only {@link markup} makes it, from its own literals and from escaped values. */
export class Markup {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

/** What a template takes: text is escaped, markup and lists of it are not, and nothing stands for nothing. */
export type Part = string | number | Markup | false | undefined | readonly Part[]

/**
 * A piece of a page. Every value is escaped that is not markup itself, so that nothing a server says can become a tag.
 * Attributes must be quoted.
 *
 * @example markup`<p title="${job.name}">${job.message}</p>`
 */
export function markup(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    parts.reduce<string>((page, part, index) => page + render(part) + (literals[index + 1] ?? ''), literals[0] ?? ''),
  )
}

// Most texts are such: nothing in them has to be escaped or shown.
const PLAIN = /^[\w .,:;/%+*=()–-]*$/

function render(part: Part): string {
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return PLAIN.test(part) ? part : htmlEscape(visible(part))
  if (part === undefined || part === false) return ''
  return part instanceof Markup ? part.source : part.map(render).join('')
}

// Line breaks and tabs are what they look like, and joiners belong to the scripts that need them.
const HIDDEN = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu

/**
 * Text with what can't be seen made visible: a control character as its picture (`␀`), an override of the writing
 * direction and the like by number (`‹U+202E›`), half of a surrogate pair as `\ufffd`.
 */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(HIDDEN, (character) => {
      const code = character.codePointAt(0) ?? 0
      if (code < 0x20) return String.fromCodePoint(0x2400 + code)
      return code === 0x7f ? '\u2421' : `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`
    })
}
