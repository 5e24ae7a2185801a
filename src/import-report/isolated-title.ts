import { isRightToLeft } from '../terminal-text.ts'
import { markup, type Part } from './markup.ts'

/** A text isolated from what stands beside it, in a title of a page, where there can be no `<bdi>`. */
export function isolatedTitle(text: string): Part {
  return isRightToLeft(text) ? markup`&#x2068;${text}&#x2069;` : text
}
