import { markup, type Part } from './markup.ts'

/** Letters that are written from right to left. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

/** A text in a line of another direction: with marks around it if it may turn what stands beside it. */
export function isolated(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text
}

/** The same in a title of a page, where there can be no `<bdi>`. */
export function isolatedTitle(text: string): Part {
  return RIGHT_TO_LEFT.test(text) ? markup`&#x2068;${text}&#x2069;` : text
}
