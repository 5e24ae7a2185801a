import type { ImportPhase } from '../../import-jobs/import-record.ts'
import { markup, type Markup } from '../markup.ts'
import { formatDuration } from '../../number-format.ts'
import { drawing, percent } from './axis.ts'

/** How long each phase took: a bar in numbered pieces, and a list unless a brief one is asked for. Undefined without phases. */
export function phaseBar(phases: readonly ImportPhase[], brief: boolean): Markup | undefined {
  const total = phases.reduce((sum, { ms }) => sum + ms, 0)
  if (phases.length === 0 || total <= 0) return undefined
  const listed = phases.map(({ phase, ms }) => markup`<li>${phase} <b>${formatDuration(ms)}</b></li>`)
  if (brief) return markup`<ol class="legend">${listed}</ol>`
  let before = 0
  const pieces = phases.map(({ ms }, index) => {
    const x = before / total
    before += ms
    const number =
      ms / total > 0.05 ? markup`<text x="${percent(x + ms / total / 2)}" y="15">${index + 1}</text>` : undefined
    return markup`<rect class="piece${index % 4}" x="${percent(x)}" width="${percent(ms / total)}" height="22"/>${number}`
  })
  const description = phases.map(({ phase, ms }) => `${phase} ${formatDuration(ms)}`).join(', ')
  return markup`${drawing({ className: 'phases', height: 22, title: `Phases: ${description}` }, pieces)}<ol class="legend">${listed}</ol>`
}
