import { markup, type Markup } from './markup.ts'
import { STANDINGS, type Standing } from './standing.ts'

// Shapes that differ without their colour: cross, dash, arrow down, question mark, tick.
const PATHS: Readonly<Record<Standing, string>> = {
  failed: 'M5 5l6 6m0-6l-6 6',
  unfinished: 'M4.5 8h7',
  slower: 'M8 4v8m-3.5-3.5l3.5 3.5l3.5-3.5',
  unknown: 'M6 6.2a2 2 0 1 1 2.6 1.9c-.5.2-.6.5-.6 1.2m0 2v.1',
  fine: 'M4.5 8.3l2.4 2.4l4.6-5',
}

/** The shapes of all icons, once in a page. */
export function iconShapes(): Markup {
  const shapes = STANDINGS.map(
    (standing) =>
      markup`<symbol id="i-${standing}" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7.5"/><path d="${PATHS[standing]}"/></symbol>`,
  )
  return markup`<svg class="defs" aria-hidden="true" width="0" height="0"><defs>${shapes}</defs></svg>`
}

/** The icon of a standing, always beside a word that says the same. */
export function icon(standing: Standing): Markup {
  return markup`<svg class="icon ${standing}" aria-hidden="true" width="16" height="16"><use href="#i-${standing}"/></svg>`
}
