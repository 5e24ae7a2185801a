import { ckmeans, median } from 'simple-statistics'

/** Runs that fall into groups, such as those that share the machine with a backup and those that do not. */
export interface Modes {
  /** The groups, the largest first. */
  readonly groups: readonly Mode[]
  /** What is left of each run within its group. */
  readonly residuals: readonly number[]
  /** Of each run, to which group it belongs. */
  readonly memberships: readonly number[]
}

export interface Mode {
  readonly middle: number
  /** How many of the runs are in it, as a fraction. */
  readonly share: number
  /** Whether it came and went more than once: what happened twice may happen again. */
  readonly recurs: boolean
}

/** So many runs may be in two groups, and so many a group in more. */
const LEAST_RUNS = 5
/** A group of such a share need not have come and gone twice. */
const COMMON = 0.25

/** The best split of values into so many groups; undefined if there are too few for that. */
export function modesOf(values: readonly number[], count: number): Modes | undefined {
  const n = values.length
  if (n < (count === 2 ? LEAST_RUNS : LEAST_RUNS * count)) return undefined
  const clusters = ckmeans([...values], count).toSorted((one, other) => other.length - one.length)
  const groupOf = new Map(clusters.flatMap((cluster, group) => cluster.map((value) => [value, group] as const)))
  const memberships = values.map((value) => groupOf.get(value) ?? 0)
  const middles = clusters.map((cluster) => median(cluster))
  const groups = clusters.map(({ length }, group) => {
    const ends = memberships.filter((each, at) => each === group && (memberships[at + 1] ?? group) !== group).length
    const share = length / n
    const recurs = group === 0 || ends >= (share >= COMMON ? 1 : 2)
    return { middle: middles[group] ?? 0, share, recurs }
  })
  return { groups, residuals: values.map((value, at) => value - (middles[memberships[at] ?? 0] ?? 0)), memberships }
}
