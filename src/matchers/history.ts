import { ConfigError } from '../errors.ts'
import { checkHistory } from '../histories/check-history.ts'
import { formatCounts, formatFindings } from '../histories/explain.ts'
import type { Finding } from '../histories/finding.ts'
import type { History } from '../histories/history.ts'
import { forbids, levelOf } from '../histories/levels.ts'
import { formatQuantity } from '../number-format.ts'
import { scopeOf } from './await-scope.ts'
import type { MatcherState } from './other-failure.ts'

/** `expect(await tidbPool.workload(listAppend({ transactions: 500 }))).toHaveConsistency('strong snapshot isolation')` */
export function toHaveConsistency(this: MatcherState, received: unknown, level: string) {
  return received instanceof Promise
    ? received.then((history) => judge(this, history, level))
    : judge(this, received, level)
}

export function toBeReadCommitted(this: MatcherState, received: unknown) {
  return toHaveConsistency.call(this, received, 'read committed')
}

export function toBeSnapshotIsolated(this: MatcherState, received: unknown) {
  return toHaveConsistency.call(this, received, 'snapshot isolation')
}

export function toBeSerializable(this: MatcherState, received: unknown) {
  return toHaveConsistency.call(this, received, 'serializable')
}

export function toBeStrictlySerializable(this: MatcherState, received: unknown) {
  return toHaveConsistency.call(this, received, 'strict serializable')
}

/** How many findings are drawn, the first ones. */
const DRAWN = 3

function judge(state: MatcherState, received: unknown, name: string) {
  const level = levelOf(name)
  if (!isHistory(received)) throw new TypeError('this takes a history, such as tidbPool.workload() returns')
  const check = checkHistory(received)
  const counts = formatCounts(check)
  if (check.reads === 0) {
    throw new ConfigError(
      ['history'],
      `the history proves nothing: none of its transactions is known to have committed and to have read anything (${counts})`,
      {
        hints: ['see why its transactions did not commit, and give the workload more of them'],
      },
    )
  }
  const findings = check.findings.filter((finding) => forbids(level, finding))
  if (state.isNot !== true) draw(state, findings.slice(0, DRAWN), received)
  const seed = received.seed === undefined ? '' : `, seed ${JSON.stringify(received.seed)}`
  return {
    pass: findings.length === 0,
    message: () =>
      findings.length === 0
        ? `expected the history to show what ${name} forbids, but it shows nothing of that (${counts}${seed})`
        : `expected the history to be ${name}, but it shows ${formatQuantity(findings.length, 'anomaly', 'anomalies')} (${counts}${seed})\n\n${formatFindings(findings, received)}`,
  }
}

function draw({ task }: MatcherState, findings: readonly Finding[], history: History): void {
  for (const finding of findings) {
    // Loaded only when a test failed.
    const svg = async () => (await import('../histories/cycle-svg.ts')).drawFinding(finding, history)
    scopeOf(history, task)?.attach(svg)
  }
}

function isHistory(received: unknown): received is History {
  return (
    typeof received === 'object' &&
    received !== null &&
    'transactions' in received &&
    Array.isArray(received.transactions)
  )
}
