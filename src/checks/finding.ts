import { fitToPrint } from '../redact.ts'

/** Something that a check holds against a cluster. A check that returns none found nothing. */
export interface Finding {
  /** Name of the check, such as `no-old-transactions`. */
  readonly check: string
  /** Node, job, session or table that it is about. */
  readonly subject: string
  /** What is wrong, in one sentence, with the figures that show it. */
  readonly message: string
}

/** A finding whose texts are fit to print: vitest prints it as it is if none was expected. */
export function findingOf({ check, subject, message }: Finding): Finding {
  return { check, subject: fitToPrint(subject), message: fitToPrint(message) }
}
