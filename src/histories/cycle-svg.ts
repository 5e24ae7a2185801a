import { htmlEscape } from 'escape-goat'
import { clean, shorten } from '../terminal-text.ts'
import { edgeText, formatHead, operationText } from './explain.ts'
import { MEANINGS, type Finding } from './finding.ts'
import type { Edge } from './graph.ts'
import type { History, Operation, Transaction } from './history.ts'

/** Transactions that are drawn of a finding, and operations of each, those first that the cycle is made of. */
const TRANSACTIONS = 12
const OPERATIONS = 8
// Lengths in px.
const WIDTH = 1000
const LEFT = 24
const CARD = 880
const LINE = 18
const GAP = 46
const CHARACTER = 6.7

/**
 * A finding as a drawing, for a file or an HTML page; it loads nothing. Each transaction is a card, with arrows to the one
 * that has to come after it, and why; what the reason is about is bold.
 *
 * @param finding one of `checkHistory(history).findings`.
 * @example writeFileSync('cycle.svg', drawFinding(finding, history))
 */
export function drawFinding(finding: Finding, { transactions: all }: History): string {
  const { name, anomaly, transactions, cycle, because } = finding
  const shown = transactions.slice(0, TRANSACTIONS)
  const drawn = [text(LEFT, 26, name, 'name'), text(LEFT, 46, MEANINGS[anomaly], 'dim')]
  let y = 66
  const cards = shown.flatMap((index, at) => {
    const transaction = all[index]
    if (transaction === undefined) return []
    const top = y
    const edges = cycle.filter(({ from, to }) => from === index || to === index)
    const { height, shapes } = card(index, transaction, edges, top)
    y += height
    drawn.push(...shapes)
    const edge = cycle[at]
    if (edge !== undefined && at < shown.length - 1) drawn.push(...arrowDown(edge, y))
    y += at < shown.length - 1 ? (cycle.length > 0 ? GAP : 12) : 0
    return [{ top, middle: top + height / 2 }]
  })
  const [first, last] = [cards[0], cards.at(-1)]
  const back = cycle.at(-1)
  y += 24
  if (transactions.length > shown.length)
    drawn.push(text(LEFT, y, `and ${transactions.length - shown.length} more transactions`, 'dim'))
  else if (back !== undefined && first !== undefined && last !== undefined) {
    drawn.push(
      arrowBack(back, last.middle, first.middle),
      text(LEFT, y, `and T${back.from} came before T${back.to}: ${edgeText(back)}`, back.kind),
    )
    y += LINE + 4
    const end = 'Each came before the next, and the last before the first: no order of them explains what was seen.'
    drawn.push(text(LEFT, y, end, 'dim'))
  } else drawn.push(text(LEFT, y, because, ''))
  const height = y + 20
  const described = [...cycle.map((edge) => `T${edge.from} before T${edge.to}: ${edgeText(edge)}`), because].join('\n')
  return `<svg xmlns="http://www.w3.org/2000/svg" class="tidb-cycle" role="img" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
<title>${htmlEscape(clean(`${name}: ${MEANINGS[anomaly]}`))}</title>
<desc>${described
    .split('\n')
    .map((line) => htmlEscape(clean(line)))
    .join('\n')}</desc>
${STYLE}<rect class="ground" width="${WIDTH}" height="${height}"/>
${drawn.join('\n')}
</svg>
`
}

function card(index: number, transaction: Transaction, edges: readonly Edge[], top: number) {
  const isTold = ({ key }: Operation) => edges.some((edge) => edge.key === key)
  // In their order, and if there are too many, those first that the cycle is made of.
  const { operations } = transaction
  const chosen = new Set(operations.toSorted((a, b) => Number(isTold(b)) - Number(isTold(a))).slice(0, OPERATIONS))
  const lines = operations
    .filter((operation) => chosen.has(operation))
    .map((operation) => ({ said: operationText(operation), className: isTold(operation) ? 'told' : 'dim' }))
  const left = operations.length - lines.length
  if (left > 0) lines.push({ said: `and ${left} more`, className: 'dim' })
  const height = (lines.length + 1) * LINE + 14
  const shapes = [
    `<rect class="card" x="${LEFT}" y="${top}" width="${CARD}" height="${height}" rx="6"/>`,
    text(LEFT + 12, top + 19, `T${index}  ${formatHead(transaction)}`, 'name'),
    ...lines.map(({ said, className }, at) => text(LEFT + 28, top + 19 + (at + 1) * LINE, said, className)),
  ]
  return { height, shapes }
}

function arrowDown(edge: Edge, y: number): string[] {
  const x = LEFT + 24
  return [
    `<path class="arrow ${edge.kind}" d="M${x} ${y + 2}V${y + GAP - 9}"/><path class="tip ${edge.kind}" d="M${x - 5} ${y + GAP - 10}h10l-5 8z"/>`,
    text(x + 16, y + GAP / 2 + 4, `T${edge.from} came before T${edge.to}: ${edgeText(edge)}`, edge.kind),
  ]
}

/** Along the right edge, from the last card to the first. */
function arrowBack({ kind }: Edge, from: number, to: number): string {
  const x = LEFT + CARD
  const turn = x + 46
  return `<path class="arrow ${kind}" d="M${x} ${from}H${turn - 8}Q${turn} ${from} ${turn} ${from - 8}V${to + 8}Q${turn} ${to} ${turn - 8} ${to}H${x + 9}"/><path class="tip ${kind}" d="M${x + 10} ${to - 5}v10l-8 -5z"/>`
}

function text(x: number, y: number, content: string, className: string): string {
  const room = Math.floor((LEFT + CARD - x) / CHARACTER)
  return `<text x="${x}" y="${y}" class="${className}">${htmlEscape(shorten(clean(content), room))}</text>`
}

// Behind its class, for in an HTML page a drawing's style holds for the whole page.
const STYLE = `<style>
.tidb-cycle{--ink:#1f2328;--dim:#59636e;--ground:#fff;--card:#f6f8fa;--edge:#d0d7de;--ww:#8250df;--wr:#1a7f37;--rw:#c4212b;--order:#0a5fc4}
@media (prefers-color-scheme:dark){.tidb-cycle{--ink:#e6edf3;--dim:#9aa4ae;--ground:#0d1117;--card:#161b22;--edge:#30363d;--ww:#b392f0;--wr:#56d364;--rw:#ff7b72;--order:#79b8ff}}
.tidb-cycle text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:var(--ink)}
.tidb-cycle .name,.tidb-cycle .told{font-weight:bold}.tidb-cycle .dim{fill:var(--dim)}
.tidb-cycle .ground{fill:var(--ground)}.tidb-cycle .card{fill:var(--card);stroke:var(--edge)}
.tidb-cycle .arrow{fill:none;stroke:var(--ink);stroke-width:2}.tidb-cycle .tip{fill:var(--ink)}
.tidb-cycle text.ww,.tidb-cycle .tip.ww{fill:var(--ww)}.tidb-cycle text.wr,.tidb-cycle .tip.wr{fill:var(--wr)}
.tidb-cycle text.rw,.tidb-cycle .tip.rw{fill:var(--rw)}
.tidb-cycle text.process,.tidb-cycle text.realtime,.tidb-cycle .tip.process,.tidb-cycle .tip.realtime{fill:var(--order)}
.tidb-cycle .arrow.ww{stroke:var(--ww)}.tidb-cycle .arrow.wr{stroke:var(--wr)}.tidb-cycle .arrow.rw{stroke:var(--rw)}
.tidb-cycle .arrow.process,.tidb-cycle .arrow.realtime{stroke:var(--order)}
</style>`
