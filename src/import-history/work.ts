import { median } from 'simple-statistics'
import { misfit, NEARLY_AS_GOOD } from './misfit.ts'

/** An amount of work: of each run, and of the next. */
export interface Work {
  readonly unit: 'row' | 'byte'
  readonly runs: readonly number[]
  readonly next: number
}

/** How time depends on the amount of work: how much of the time of each run is due to its own, as logarithms. */
export interface Fit {
  /** Which part of the time of a run of the usual size does not depend on its size: 0 to 1. Undefined if all are alike. */
  readonly fixed: number | undefined
  readonly unit: Work['unit'] | undefined
  readonly runs: readonly number[]
  readonly next: number
}

/** Amounts of work that differ less are the same, of logarithms: 2%. */
const ALIKE = 0.02
const SHARES = Array.from({ length: 21 }, (_, at) => at / 20)

/**
 * How time may depend on the amount of work: from not at all to in proportion, by rows or by bytes. What the runs rule
 * out is left out: if they were of one size, nothing is.
 *
 * @param logs durations of the runs, as logarithms.
 */
export function fitsOf(logs: readonly number[], works: readonly Work[]): Fit[] {
  const differing = works.filter(
    ({ runs, next }) => Math.log(Math.max(...runs, next) / Math.min(...runs, next)) > ALIKE,
  )
  if (differing.length === 0) return [{ fixed: undefined, unit: undefined, runs: logs.map(() => 0), next: 0 }]
  const scored = differing
    .flatMap((work) => SHARES.map((fixed) => fitOf(work, fixed)))
    .map((fit) => ({ fit, score: scoreOf(logs.map((each, at) => each - (fit.runs[at] ?? 0))) }))
    .toSorted((one, other) => one.score - other.score)
  const least = scored[0]?.score ?? 0
  const plausible = scored.filter(({ score }) => score <= least + NEARLY_AS_GOOD).map(({ fit }) => fit)
  // What lies between two that lead to the same leads there as well.
  return differing.flatMap(({ unit }) => {
    const those = plausible.filter((fit) => fit.unit === unit)
    const byShare = those.toSorted((one, other) => (one.fixed ?? 0) - (other.fixed ?? 0))
    return [...new Set([those[0], byShare[0], byShare.at(-1)])].filter((fit) => fit !== undefined)
  })
}

function fitOf({ unit, runs, next }: Work, fixed: number): Fit {
  const usual = median([...runs])
  const cost = (size: number) => Math.log(fixed + (1 - fixed) * (size / usual))
  return { fixed, unit, runs: runs.map(cost), next: cost(next) }
}

function scoreOf(values: readonly number[]): number {
  const middle = median([...values])
  const residuals = values.map((each) => each - middle)
  return misfit(residuals, residuals.length)
}
