import { formatCount, formatQuantity } from '../number-format.ts'
import { listText } from './direct.ts'
import type { HistoryCheck } from './check-history.ts'
import { MEANINGS, type Finding } from './finding.ts'
import type { Edge } from './graph.ts'
import type { History, Operation, Transaction } from './history.ts'

/** Why the first transaction of an edge comes before the second. */
export function edgeText({ from, to, kind, key, before, after }: Edge): string {
  switch (kind) {
    case 'ww':
      return `T${to} appended ${after} to list ${key} behind T${from}'s ${before}`
    case 'wr':
      return `T${to} read T${from}'s ${before} in list ${key}`
    case 'rw':
      return before === undefined
        ? `T${from} read list ${key} empty, before T${to} appended ${after}`
        : `T${from} read list ${key} up to ${before}, before T${to} appended ${after}`
    case 'process':
      return `T${from} was before T${to} in the same session`
    case 'realtime':
      return `T${from} had ended when T${to} began`
  }
}

const SHOWN = 5

/** The findings as text: each with what was seen, and the transactions in it with what they did. */
export function formatFindings(findings: readonly Finding[], history: History): string {
  const shown = findings.slice(0, SHOWN).map((finding) => formatFinding(finding, history))
  if (findings.length > SHOWN) shown.push(`and ${formatCount(findings.length - SHOWN)} more`)
  return shown.join('\n\n')
}

function formatFinding(
  { name, anomaly, transactions, cycle, because }: Finding,
  { transactions: all }: History,
): string {
  const why =
    cycle.length === 0 ? [`  ${because}`] : cycle.map((edge) => `  T${edge.from} → T${edge.to}: ${edgeText(edge)}`)
  const inIt = transactions.flatMap((index) => {
    const transaction = all[index]
    return transaction === undefined ? [] : [`  T${index} ${formatTransaction(transaction)}`]
  })
  return [`${name}: ${MEANINGS[anomaly]}`, ...why, ...inIt].join('\n')
}

/** `session-1, 12.3 to 14.1 ms, committed: append 5 to 3; read 4: [1, 2]` */
export function formatTransaction(transaction: Transaction): string {
  return `${formatHead(transaction)}: ${transaction.operations.map(operationText).join('; ')}`
}

/** The same without its operations. */
export function formatHead({ session, node, beganMs, endedMs, end }: Transaction): string {
  const times =
    endedMs === undefined ? `from ${beganMs.toFixed(1)} ms` : `${beganMs.toFixed(1)} to ${endedMs.toFixed(1)} ms`
  const at = node === undefined ? session : `${session} at ${node}`
  return `${at}, ${times}, ${end === 'unknown' ? 'end unknown' : end}`
}

/** `read list 4: [1, 2]` */
export function operationText(operation: Operation): string {
  if (operation.kind === 'append') return `append ${operation.value} to list ${operation.key}`
  const { key, values } = operation
  return `read list ${key}: ${values === undefined ? 'no answer' : listText(values)}`
}

/** `300 transactions committed, 12 rolled back, 1 of unknown end` */
export function formatCounts({ committed, rolledBack, unknown }: HistoryCheck): string {
  const parts = [`${formatQuantity(committed, 'transaction')} committed`]
  if (rolledBack > 0) parts.push(`${formatCount(rolledBack)} rolled back`)
  if (unknown > 0) parts.push(`${formatCount(unknown)} of unknown end`)
  return parts.join(', ')
}
