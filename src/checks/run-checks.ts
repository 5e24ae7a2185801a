import { performance } from '../clock.ts'
import type { Querier } from '../connection/ask.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { CheckError, ConfigError, type Silence } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { runThrough, WITHIN, type AnyCheck } from './check.ts'
import { CheckSession, type CheckStatement, type Cost } from './check-session.ts'
import { ClusterFacts } from './cluster-facts.ts'
import { isAtLeast, SEVERITIES, type Finding, type Severity } from './finding.ts'
import { useLimits } from './limits.ts'
import { whyNotHere } from './unavailable.ts'

/** What became of one check. */
export interface CheckResult {
  readonly check: string
  readonly title: string
  /** `passed` only if it was carried out and found nothing of the severity asked for. */
  readonly outcome: 'passed' | 'findings' | Silence
  readonly findings: readonly Finding[]
  /** Why it was not carried out. */
  readonly reason?: string
  readonly cost: Cost
}

/** What became of all of them. */
export interface CheckReport {
  /** In the order of the list of checks. */
  readonly results: readonly CheckResult[]
  /** The worst first. */
  readonly findings: readonly Finding[]
  /** Statements of all checks and of what they share; ms from begin to end. */
  readonly cost: Cost
}

export interface RunChecksOptions {
  /** Names of the only checks to run. Default: all. */
  readonly only?: readonly string[] | undefined
  /** Names of those to leave out. */
  readonly skip?: readonly string[] | undefined
  /** By the name of a check: its limits, in the place of the standard ones. */
  readonly limits?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined
  /** The least severity of findings. Default `info`: all. */
  readonly severity?: Severity | undefined
  /** Deadline of each check. Default 10 s. */
  readonly within?: Duration | undefined
  readonly signal?: AbortSignal | undefined
  /** Called as each check ends. */
  readonly onResult?: ((result: CheckResult) => void) | undefined
  /** Called with each statement once it was answered. */
  readonly onStatement?: ((statement: CheckStatement) => void) | undefined
}

/**
 * Runs checks side by side, as many at once as there are sessions. One that can't be carried out stops no other.
 *
 * @param sessions one, or several to the same server.
 * @throws {ConfigError} for a check or limit that does not exist. {AbortedError} once the signal fires.
 * @example
 * const report = await runChecks(await tidbPool.sessions('one', 'two'), checks, { skip: ['no-failed-imports'] })
 * expect(report.findings).toEqual([])
 */
export async function runChecks(
  sessions: Querier | readonly [Querier, ...Querier[]],
  checks: readonly AnyCheck[],
  options: RunChecksOptions = {},
): Promise<CheckReport> {
  const begin = performance.now()
  const { signal, severity = 'info', limits = {}, onStatement, onResult } = options
  const chosen = chooseChecks(checks, options)
  const open = 'query' in sessions ? ([sessions] as const) : sessions
  const withinMs = deadlineMs(options.within ?? WITHIN)
  const facts = new ClusterFacts(open, { withinMs, signal, onStatement })
  const results = new Map<AnyCheck, CheckResult>()
  const carryOut = async (check: AnyCheck, session: CheckSession): Promise<CheckResult> => {
    const ended = await endOf(check, () => runThrough(check, { session, facts, limits: limits[check.name] ?? {} }))
    const findings = ended.findings.filter((finding) => isAtLeast(finding.severity, severity))
    const outcome = ended.outcome ?? (findings.length > 0 ? 'findings' : 'passed')
    return { check: check.name, title: check.title, ...ended, outcome, findings, cost: session.cost }
  }
  await facts.ask(chosen.map(({ needs }) => needs))
  const queue = [...chosen]
  const living = new Set<Querier>(open)
  const workThrough = async (querier: Querier) => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      const session = new CheckSession(querier, { check: check.name, withinMs, signal, onStatement })
      const result = await carryOut(check, session)
      // A session that was cut, because of a node that hangs, says nothing more: another one goes on, if there is one.
      if (session.wasLost && living.size > 1) {
        living.delete(querier)
        queue.unshift(check)
        return
      }
      results.set(check, result)
      onResult?.(result)
    }
  }
  await Promise.all(open.map(workThrough))
  // What was handed back after the others were done.
  for (const querier of living) await workThrough(querier)
  const inOrder = chosen.map((check) => results.get(check)).filter((result) => result !== undefined)
  return {
    results: inOrder,
    findings: bySeverity(inOrder.flatMap(({ findings }) => findings)),
    cost: {
      statements: inOrder.reduce((sum, { cost }) => sum + cost.statements, facts.statements),
      ms: performance.now() - begin,
    },
  }
}

/**
 * The checks that are wanted, whose limits are in order.
 *
 * @throws {ConfigError} for a name or a limit that does not exist, with the one that was probably meant.
 */
export function chooseChecks(
  checks: readonly AnyCheck[],
  { only, skip = [], limits = {}, severity = 'info' }: RunChecksOptions,
): AnyCheck[] {
  const names = checks.map(({ name }) => name)
  for (const name of [...(only ?? []), ...skip, ...Object.keys(limits)]) {
    if (!names.includes(name)) throw unknownCheck(name, names)
  }
  if (!SEVERITIES.includes(severity)) {
    throw new ConfigError(['severity'], `severity is ${JSON.stringify(severity)}`, {
      hints: [`give ${SEVERITIES.join(', ')}`],
    })
  }
  for (const check of checks) useLimits(check.name, check.limits, limits[check.name])
  return checks.filter(({ name }) => (only === undefined || only.includes(name)) && !skip.includes(name))
}

function unknownCheck(name: string, names: readonly string[]): ConfigError {
  const meant = nearest(name, names)
  return new ConfigError(['check'], `there is no check ${JSON.stringify(name)}`, {
    hints: [meant === undefined ? `the checks are ${names.join(', ')}` : `did you mean ${meant}?`],
  })
}

async function endOf(
  check: AnyCheck,
  run: () => Promise<readonly Finding[]>,
): Promise<{ readonly findings: readonly Finding[]; readonly outcome?: Silence; readonly reason?: string }> {
  try {
    return { findings: await run() }
  } catch (error) {
    const why = whyNotHere(check.name, error)
    if (!(why instanceof CheckError)) throw why
    return { findings: [], outcome: why.silence, reason: why.reason }
  }
}

function bySeverity(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
}
