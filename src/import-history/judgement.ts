import type { PacedJob } from './comparable.ts'
import type { Expectation } from './expectation.ts'

/** How a job stands to one expectation. */
export interface Judgement {
  readonly expectation: Expectation
  readonly side: 'slower' | 'faster' | 'kept'
  /** The level that it is compared with, a logarithm of ms. */
  readonly level: number
  /** One minus the chance of being so far from it without any change. */
  readonly certainty: number
  /** Distance from it as a logarithm, as little as it may be if the duration is known to the second only. */
  readonly far: number
}

/** How sure a verdict must be. */
export const CERTAIN_ENOUGH = 0.99
/** Times of the server are whole seconds, so the time from one to another may be off by so much. */
const SECOND_MS = 1_000
/** Of fractions: what is 20% slower is not beyond 20%. */
const ROUNDING = 1e-9

/** Judges a job by what one explanation of its past lets expect. */
export function judge(job: PacedJob, expectation: Expectation, tolerance: number): Judgement {
  const { noise, course, levels } = expectation
  const judgements = levels.map((level): Judgement => {
    const far = farFrom(job, level)
    const certainty = noise.certainty(Math.abs(far), course.factor)
    const isBeyond = Math.abs(Math.exp(far) - 1) > tolerance + ROUNDING && certainty >= CERTAIN_ENOUGH
    return { expectation, side: isBeyond ? (far > 0 ? 'slower' : 'faster') : 'kept', level, certainty, far }
  })
  const nearest = judgements.reduce((least, each) => (Math.abs(each.far) < Math.abs(least.far) ? each : least))
  if (nearest.side === 'kept' || judgements.every(({ side }) => side === nearest.side)) return nearest
  // Between two levels: slower than the most usual one, or else as is expected of some runs.
  const [main = nearest] = judgements
  return main.side === 'slower' ? main : { ...nearest, side: 'kept' }
}

function farFrom({ durationMs = Number.NaN }: PacedJob, level: number): number {
  const far = Math.log(durationMs) - level
  if (durationMs % SECOND_MS !== 0) return far
  const nearer = Math.log(durationMs + (far > 0 ? -SECOND_MS : SECOND_MS)) - level
  return Math.sign(nearer) === Math.sign(far) ? nearer : 0
}
