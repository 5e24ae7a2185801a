import { formatQuantity } from '../number-format.ts'
import { markup, type Markup } from './markup.ts'

/** So much is shown at once, in characters. */
const SHOWN = 600

/** A text as it is, in its own direction; of a long one the rest is folded. */
export function longText(text: string): Markup {
  if (text.length <= SHOWN) return markup`<bdi>${text}</bdi>`
  const rest = text.slice(SHOWN)
  return markup`<bdi>${text.slice(0, SHOWN)}</bdi>… <details class="table"><summary>${formatQuantity(rest.length, 'more character')}</summary><pre dir="auto" tabindex="0">${rest}</pre></details>`
}
