import { median } from 'simple-statistics'
import { modesOf } from './modes.ts'

const DAY_MS = 86_400_000
const DAYS = [0, 1, 2, 3, 4, 5, 6]

/** One way in which runs may have gone from the first to the last, and what it predicts of the next. */
export interface Course {
  readonly kind: 'level' | 'step' | 'trend' | 'week'
  /** What is left of each run. */
  readonly residuals: readonly number[]
  readonly predicted: number
  /** How many numbers were fitted. */
  readonly parameters: number
  /** Logarithm of how many courses of such a kind there are, and how much rarer they are than one level. */
  readonly choice: number
  /** How much wider the prediction is spread than the runs. */
  readonly factor: number
  /** The runs that it rests on: the last of them, or those of a day of the week. */
  readonly values: readonly number[]
  /** Change from run to run. */
  readonly slope: number
}

/** A new level counts once there are so many runs of it. */
const LEAST_RUNS = 5
/** What was before it may be shorter. */
const LEAST_BEFORE = 3
/** A trend needs more: any few runs rise or fall. */
const LEAST_TREND = 8
/** Two weeks: each day of the week twice. */
const LEAST_WEEKS = 14
/** See {@link Course.choice}. */
const RARER = { step: 2, trend: 1.5, bend: 2, week: 1 }
/** Spread of Theil and Sen's slope, against that of least squares. */
const THEIL_SEN = 1.05

/**
 * The courses that so many runs may have taken: one level, steps to others, a trend since the beginning or since some
 * run, a level for each day of the week.
 *
 * @param values logarithms, oldest first.
 * @param ages how long before the next run each was, in ms.
 */
export function coursesOf(values: readonly number[], ages: readonly number[]): Course[] {
  return [level(values), ...steps(values), ...trends(values), ...weeks(values, ages)]
}

function level(values: readonly number[]): Course {
  const predicted = median([...values])
  const residuals = values.map((value) => value - predicted)
  const factor = Math.sqrt(1 + 1 / values.length)
  return { kind: 'level', residuals, predicted, parameters: 1, choice: 0, factor, values, slope: 0 }
}

/** One step or two, each to a level of its own: those after which least is left. */
function steps(values: readonly number[]): Course[] {
  const at = bestCut(values, LEAST_RUNS, residualsOfLevel)
  if (at === undefined) return []
  const [before, after] = [values.slice(0, at), values.slice(at)]
  const [earlier, later] = [
    bestCut(before, LEAST_BEFORE, residualsOfLevel),
    bestCut(after, LEAST_RUNS, residualsOfLevel),
  ]
  return [
    [before, after],
    ...(earlier === undefined ? [] : [[before.slice(0, earlier), before.slice(earlier), after]]),
    ...(later === undefined ? [] : [[before, after.slice(0, later), after.slice(later)]]),
  ]
    .filter(isReached)
    .map(levels)
}

/** Whether there are enough runs of the last level: one of the level before among them is none of it. */
function isReached(stretches: readonly (readonly number[])[]): boolean {
  const [last = 0, before = 0] = stretches
    .slice(-2)
    .toReversed()
    .map((stretch) => median([...stretch]))
  const near = (value: number) => Math.abs(value - last) < Math.abs(value - before)
  return (stretches.at(-1) ?? []).filter(near).length >= LEAST_RUNS
}

function levels(stretches: readonly (readonly number[])[]): Course {
  const each = stretches.map(level)
  const residuals = each.flatMap((one) => one.residuals)
  const choice = (stretches.length - 1) * (Math.log(residuals.length) + RARER.step)
  return { ...(each.at(-1) as Course), kind: 'step', residuals, parameters: stretches.length, choice }
}

function residualsOfLevel(values: readonly number[]): readonly number[] {
  return level(values).residuals
}

/** A trend since the first run, and one that began with a later one. */
function trends(values: readonly number[]): Course[] {
  if (values.length < LEAST_TREND) return []
  const at = bestCut(values, LEAST_TREND, (last) => straight(last, quickSlope(last)))
  if (at === undefined) return [trend(values)]
  const before = residualsOfLevel(values.slice(0, at))
  const after = trend(values.slice(at))
  const choice = Math.log(values.length) + RARER.bend
  return [trend(values), { ...after, residuals: [...before, ...after.residuals], parameters: 3, choice }]
}

function trend(values: readonly number[]): Course {
  const n = values.length
  const slope = slopeOf(values)
  const residuals = straight(values, slope)
  const predicted = (values.at(-1) ?? 0) - (residuals.at(-1) ?? 0) + slope
  const ofSlope = (THEIL_SEN ** 2 * 12 * ((n + 1) / 2) ** 2) / (n * (n ** 2 - 1))
  const factor = Math.sqrt(1 + 1 / n + ofSlope)
  return { kind: 'trend', residuals, predicted, parameters: 2, choice: RARER.trend, factor, values, slope }
}

/** A level for each day of the week, or one for some days and one for the others, which fewer runs are enough for. */
function weeks(values: readonly number[], ages: readonly number[]): Course[] {
  if (values.length < LEAST_WEEKS) return []
  const days = ages.map((age) => ((Math.round(age / DAY_MS) % 7) + 7) % 7)
  if (days.filter((day) => day === 0).length < 2) return []
  const { memberships = [] } = modesOf(values, 2) ?? {}
  const others = DAYS.filter((day) => {
    const groups = memberships.filter((_, at) => days[at] === day)
    return groups.filter((group) => group === 1).length * 2 > groups.length
  })
  const isTonightOther = others.includes(0)
  const kinds = days.map((day) => Number(others.includes(day) !== isTonightOther))
  const oneForEach = byGroup(values, days, RARER.week)
  // That each day belongs to one of the two has to be paid for as well.
  return kinds.includes(1) ? [oneForEach, byGroup(values, kinds, 7 * Math.LN2 + RARER.week)] : [oneForEach]
}

/** A level for each group of runs; the next run is of group 0. */
function byGroup(values: readonly number[], groups: readonly number[], choice: number): Course {
  const members = Map.groupBy(values, (_, at) => groups[at] ?? 0)
  const medians = new Map([...members].map(([group, those]) => [group, median(those)]))
  const residuals = values.map((value, at) => value - (medians.get(groups[at] ?? 0) ?? 0))
  const own = members.get(0) ?? []
  const factor = Math.sqrt(1 + Math.PI / (2 * own.length))
  const predicted = medians.get(0) ?? 0
  return { kind: 'week', residuals, predicted, parameters: members.size, choice, factor, values: own, slope: 0 }
}

/** Where to cut so that least is left: of the level before it, and of whatever is after. */
function bestCut(
  values: readonly number[],
  leastAfter: number,
  residualsAfter: (last: readonly number[]) => readonly number[],
): number | undefined {
  let best: number | undefined
  let least = Infinity
  for (let at = LEAST_BEFORE; at <= values.length - leastAfter; at += 1) {
    const left = total(residualsOfLevel(values.slice(0, at))) + total(residualsAfter(values.slice(at)))
    if (left < least) [best, least] = [at, left]
  }
  return best
}

function total(residuals: readonly number[]): number {
  return residuals.reduce((sum, each) => sum + Math.abs(each), 0)
}

function straight(values: readonly number[], slope: number): number[] {
  const flat = values.map((value, at) => value - slope * at)
  const start = median(flat)
  return flat.map((value) => value - start)
}

/** Median of the slopes between all runs. https://en.wikipedia.org/wiki/Theil-Sen_estimator */
function slopeOf(values: readonly number[]): number {
  const slopes: number[] = []
  for (const [at, value] of values.entries()) {
    for (let later = at + 1; later < values.length; later += 1)
      slopes.push(((values[later] ?? 0) - value) / (later - at))
  }
  return median(slopes)
}

/** Nearly as good, from each run to the one half of them later. */
function quickSlope(values: readonly number[]): number {
  const apart = Math.ceil(values.length / 2)
  return median(values.slice(apart).map((value, at) => (value - (values[at] ?? 0)) / apart))
}
