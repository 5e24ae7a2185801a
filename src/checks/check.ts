import type { Querier } from '../connection/ask.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { ConfigError } from '../errors.ts'
import { CheckSession } from './check-session.ts'
import { ClusterFacts, type Needs } from './cluster-facts.ts'
import { findingOf, type Finding, type Problem, type Severity } from './finding.ts'
import { useLimits, type GivenLimits, type Limits, type UsedLimits } from './limits.ts'
import { whyNotHere } from './unavailable.ts'

export interface CheckContext<L extends Limits> {
  /** Sends statements that read, within the deadline of the check. */
  readonly session: Querier
  /** Durations in ms, ratios from 0 to 1, counts, names. */
  readonly limits: UsedLimits<L>
  /** What several checks ask for, and is asked once in a run. */
  readonly facts: ClusterFacts
}

/** What {@link defineCheck} takes. */
export interface CheckDefinition<L extends Limits> {
  /** In kebab-case, such as `no-old-transactions`: what it is called by `--only`, in findings and reports. */
  readonly name: string
  /** What holds if it passes, in one sentence without a full stop. */
  readonly title: string
  readonly severity: Severity
  readonly limits?: L
  readonly needs?: Needs
  /** What to do about a finding. */
  readonly advice: string
  /** URL of a page about it. */
  readonly docs?: string | undefined
  /** Where it reads, such as `information_schema.tidb_trx`. */
  readonly source: string
  /** What is not as it should be. Whatever it throws becomes "not available" or "failed", never "passed". */
  readonly run: (context: CheckContext<L>) => Promise<readonly Problem[]>
}

export interface CheckOptions {
  /** Deadline of the whole check. Default 10 s. */
  readonly within?: Duration | undefined
  readonly signal?: AbortSignal | undefined
}

/** What is known of a check without running it. */
export interface CheckDetails extends Required<Omit<CheckDefinition<Limits>, 'run'>> {}

/** A check with its limits; call it with a session for its findings. */
export interface Check<L extends Limits = Limits> extends CheckDetails {
  readonly limits: L
  /**
   * Runs it alone.
   *
   * @throws {CheckError} if it can't be carried out here: that is no pass. {ConfigError} for limits it does not have.
   * @example expect(await noOldTransactions(tidb, { olderThan: '5m' })).toEqual([])
   */
  (session: Querier, limits?: GivenLimits<L>, options?: CheckOptions): Promise<Finding[]>
}

/** A check of whatever limits, as those hold it that run many. */
export interface AnyCheck extends CheckDetails {
  (session: Querier, limits?: never, options?: CheckOptions): Promise<Finding[]>
}

/** Deadline of a check that is given none. */
export const WITHIN = '10s'
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

interface RunParts {
  readonly session: CheckSession
  readonly facts: ClusterFacts
  readonly limits: object
}

const runs = new WeakMap<object, (parts: RunParts) => Promise<Finding[]>>()

/** Runs a check through parts that others use as well. @throws as the check. */
export function runThrough(check: AnyCheck, parts: RunParts): Promise<Finding[]> {
  const run = runs.get(check)
  if (run === undefined) throw new TypeError('not made by defineCheck')
  return run(parts)
}

/**
 * A check of one's own: it reads, compares with its limits, and returns what is wrong.
 *
 * @throws {ConfigError} if its name is not in kebab-case.
 * @example
 * const noBigTables = defineCheck({
 *   name: 'no-big-tables',
 *   title: 'No table has more rows than it may',
 *   severity: 'warning',
 *   limits: { rows: countLimit(1_000_000, 'rows of a table') },
 *   advice: 'partition it',
 *   docs: 'https://example.com/tables',
 *   source: 'information_schema.tables',
 *   async run({ session, limits }) { … },
 * })
 */
export function defineCheck<const L extends Limits = Record<never, never>>(definition: CheckDefinition<L>): Check<L> {
  const { name, run, ...rest } = definition
  if (!NAME.test(name)) {
    throw new ConfigError(['name'], `${JSON.stringify(name)} is no name for a check`, {
      hints: ['give one in kebab-case: no-old-transactions'],
    })
  }
  const limits = definition.limits ?? ({} as L)
  const source = { ...rest, name }
  const through = async ({ session, facts, limits: given }: RunParts) => {
    const used = useLimits(name, limits, given)
    await facts.demand(name, definition.needs)
    return (await run({ session, limits: used, facts })).map((problem) => findingOf(source, problem))
  }
  const check = async (
    session: Querier,
    given: GivenLimits<L> = {},
    { within = WITHIN, signal }: CheckOptions = {},
  ) => {
    const options = { check: name, withinMs: deadlineMs(within), signal }
    const parts = { session: new CheckSession(session, options), facts: new ClusterFacts([session], options) }
    try {
      return await through({ ...parts, limits: given })
    } catch (error) {
      throw whyNotHere(name, error)
    }
  }
  const properties = { ...source, limits, needs: definition.needs ?? {} }
  Object.defineProperties(
    check,
    Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, { value, enumerable: true }])),
  )
  runs.set(check, through)
  return check as unknown as Check<L>
}
