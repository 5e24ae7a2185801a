import { formatDuration } from './number-format.ts'
/** One state that a session passed through, or failed in. */
export interface StateTransition {
  /** The state that was entered. */
  readonly state: string
  /** The state before it; undefined for the first. */
  readonly from: string | undefined
  readonly outcome: 'completed' | 'failed' | 'aborted'
  /** When it was entered. */
  readonly at: Date
  /** How long it took, retries included, in ms. */
  readonly durationMs: number
  /** How often its handler ran: 1 if nothing was tried again. */
  readonly attempts: number
  /** What it found, in one line. */
  readonly finding?: string
  /** First line of what it failed with. */
  readonly error?: string
}

/** The transitions as text, one line each: what reports and the command print. */
export function formatTransition({ state, outcome, durationMs, attempts, finding, error }: StateTransition): string {
  const mark = outcome === 'completed' ? '✓' : '✗'
  const tries = attempts > 1 ? `, ${attempts} attempts` : ''
  const said = error ?? finding
  return `${mark} ${state} (${formatDuration(durationMs)}${tries})${said === undefined ? '' : `: ${said}`}`
}
