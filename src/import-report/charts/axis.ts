import { markup, type Markup, type Part } from '../markup.ts'

const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

/** A number beside an axis, short, as there is no room for all of it: `1.2M`. */
export function compact(number: number): string {
  return COMPACT.format(number)
}

/** Where something stands in a chart: a percentage of its width, so that no text is scaled with it. */
export function percent(fraction: number): string {
  return `${Number((fraction * 100).toFixed(2))}%`
}

/** A text at a place of an axis; within `room` of either end it stands inside that end. */
export function axisText(fraction: number, y: number, text: string, className = 'tick', room = 0.06): Markup {
  const anchor = fraction < room ? 'start' : fraction > 1 - room ? 'end' : 'middle'
  const hold = anchor === 'middle' ? '' : ` ${anchor}`
  return markup`<text class="${className}${hold}" x="${percent(Math.min(1, Math.max(0, fraction)))}" y="${y}">${text}</text>`
}

/** A drawing whose shapes stretch with the page and whose text does not, with what it shows in words. */
export function drawing(
  { className, height, title, description }: { className: string; height: number; title: Part; description?: string },
  shapes: readonly Part[],
): Markup {
  const words = description === undefined ? undefined : markup`<desc>${description}</desc>`
  return markup`<svg class="${className}" role="img" height="${height}"><title>${title}</title>${words}${shapes}</svg>`
}
