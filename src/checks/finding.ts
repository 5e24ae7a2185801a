import { fitToPrint } from '../redact.ts'

/** How bad it is: `critical` before `warning` before `info`. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Whether a severity is as bad as another, or worse. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least)
}

/** What a finding is about. */
export interface Subject {
  /** Such as `node`, `session`, `table`, `account`. */
  readonly kind: string
  /** Such as `shop.orders`, or `tidb 10.0.0.7:4000`. */
  readonly name: string
}

/** What the `run` of a check returns for each thing that is not as it should be. */
export interface Problem {
  readonly subject: Subject
  /** What is wrong, in one sentence, with the figures that show it. */
  readonly message: string
  /** What was measured, for programs: ms, bytes, rows, a ratio, or text. */
  readonly observed?: number | string
  /** What it may be, in the same unit. */
  readonly limit?: number | string
  /** Default: that of the check. */
  readonly severity?: Severity
  /** What to do about it. Default: that of the check. */
  readonly advice?: string
}

/** Something that a check holds against a cluster. All texts are fit to print: without secrets, and harmless in a terminal. */
export interface Finding extends Problem {
  /** Name of the check, such as `no-old-transactions`. */
  readonly check: string
  readonly severity: Severity
  readonly advice: string
  /** URL of the page about it; none if the check names none. */
  readonly docs?: string
}

interface Source {
  readonly name: string
  readonly severity: Severity
  readonly advice: string
  readonly docs?: string | undefined
}

export function findingOf({ name, severity, advice, docs }: Source, problem: Problem): Finding {
  const { subject, observed, limit } = problem
  const fit = (value: number | string) => (typeof value === 'string' ? fitToPrint(value) : value)
  return {
    check: name,
    severity: problem.severity ?? severity,
    subject: { kind: fitToPrint(subject.kind), name: fitToPrint(subject.name) },
    message: fitToPrint(problem.message),
    ...(observed !== undefined && { observed: fit(observed) }),
    ...(limit !== undefined && { limit: fit(limit) }),
    advice: fitToPrint(problem.advice ?? advice),
    ...(docs !== undefined && { docs }),
  }
}
