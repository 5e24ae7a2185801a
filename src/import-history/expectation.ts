import { coursesOf, type Course } from './course.ts'
import { misfit, NEARLY_AS_GOOD } from './misfit.ts'
import { modesOf, type Mode } from './modes.ts'
import { Noise } from './noise.ts'
import { fitsOf, type Fit, type Work } from './work.ts'

const DAY_MS = 86_400_000

/** What one explanation of the runs lets expect of the next. */
export interface Expectation {
  readonly course: Course
  readonly fit: Fit
  readonly noise: Noise
  /** How long the next run may take, each a logarithm of ms; the first is the most usual. */
  readonly levels: readonly number[]
}

interface Explanation {
  readonly expectation: Expectation
  /** How badly it explains the runs. */
  readonly score: number
}

/**
 * What to expect of the next run: one expectation for each explanation of the runs so far that holds, the best
 * first. An explanation says how time depends on the amount of work, and how it went from run to run.
 *
 * @param durations of the runs in ms, oldest first.
 * @param ages how long before the next run each was, in ms.
 */
export function expectationsOf(
  durations: readonly number[],
  ages: readonly number[],
  works: readonly Work[],
): Expectation[] {
  const logs = durations.map(Math.log)
  const aWeekAgo = ages.findIndex((age) => Math.round(age / DAY_MS) === 7)
  const explanations = fitsOf(logs, works).flatMap((fit) => {
    const alike = logs.map((each, at) => each - (fit.runs[at] ?? 0))
    return coursesOf(alike, ages).map((course) => explain(course, fit, aWeekAgo))
  })
  const least = Math.min(...explanations.map(({ score }) => score))
  return explanations
    .filter(({ score }) => score <= least + NEARLY_AS_GOOD)
    .toSorted((one, other) => one.score - other.score)
    .map(({ expectation }) => expectation)
}

/** The course with what is left of it in one group or in several, whichever explains the runs best. */
function explain(course: Course, fit: Fit, aWeekAgo: number): Explanation {
  const { residuals, predicted, parameters, choice, kind } = course
  const usual = predicted + fit.next
  const noise = new Noise(residuals, parameters)
  // Before there are two weeks: what was out of the ordinary a week ago may be so each week.
  const before = residuals[aWeekAgo]
  const eachWeek = before !== undefined && noise.isOutlier(before) ? [usual + before] : []
  const levels = [kind === 'week' ? usual : usual + noise.mean, ...eachWeek]
  let best = { score: choice + scoreOf(residuals, parameters), expectation: { course, fit, noise, levels } }
  for (const count of [2, 3, 4]) {
    const modes = modesOf(residuals, count)
    if (modes === undefined) break
    // That each run belongs to one of the groups has to be paid for as well.
    const score =
      choice + scoreOf(modes.residuals, parameters + 2 * (count - 1)) + residuals.length * entropy(modes.groups)
    if (score >= best.score) continue
    const middles = modes.groups.filter(({ recurs }) => recurs).map(({ middle }) => usual + middle)
    const within = new Noise(modes.residuals, parameters + count - 1)
    best = { score, expectation: { course, fit, noise: within, levels: [...middles, ...eachWeek] } }
  }
  return best
}

function entropy(groups: readonly Mode[]): number {
  return -groups.reduce((sum, { share }) => sum + share * Math.log(share), 0)
}

/** Schwarz's criterion, halved, for residuals that are spread as Laplace has it: the less, the better. */
function scoreOf(residuals: readonly number[], parameters: number): number {
  const n = residuals.length
  return misfit(residuals, Math.max(1, n - parameters)) + (parameters / 2) * Math.log(n)
}
