import { fitToPrint, printable, redactQuoting } from '../redact.ts'

/** The driver's error carries the statement with its parameters, and the server quotes it: both may hold passwords. */
export function redactError(error: unknown, sql: string): void {
  if (!(error instanceof Error)) return
  const carrier = error as Error & { sql?: string }
  const full = carrier.sql ?? sql
  const clean = (text: string) => fitToPrint(redactQuoting(text, full))
  if (carrier.sql !== undefined) carrier.sql = printable(carrier.sql)
  // Reporters print every property of a cause: the SQLSTATE of a packet, the names in a certificate.
  const texts = carrier as unknown as Record<string, unknown>
  for (const name of Object.getOwnPropertyNames(carrier)) {
    const text = texts[name]
    if (typeof text === 'string') texts[name] = clean(text)
  }
}
