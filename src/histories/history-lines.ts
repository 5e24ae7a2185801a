import * as v from 'valibot'
import { ConfigError } from '../errors.ts'
import type { History, Transaction } from './history.ts'

const whole = v.pipe(v.number(), v.safeInteger())
const transaction = v.strictObject({
  session: v.string(),
  node: v.optional(v.string()),
  beganMs: v.number(),
  endedMs: v.optional(v.number()),
  operations: v.array(
    v.variant('kind', [
      v.strictObject({ kind: v.literal('append'), key: whole, value: whole }),
      v.strictObject({ kind: v.literal('read'), key: whole, values: v.optional(v.array(whole)) }),
    ]),
  ),
  end: v.picklist(['committed', 'rolled back', 'unknown']),
  error: v.optional(v.string()),
})

const head = v.strictObject({
  seed: v.optional(v.union([v.string(), v.number()])),
  faults: v.optional(v.array(v.strictObject({ name: v.string(), beganMs: v.number(), endedMs: v.number() }))),
})

/** A history as JSON lines: the seed and the faults first, then a transaction a line. */
export function formatHistory({ seed, faults, transactions }: History): string {
  return [{ seed, faults }, ...transactions].map((line) => `${JSON.stringify(line)}\n`).join('')
}

/**
 * Reads what {@link formatHistory} wrote.
 *
 * @throws {ConfigError} that names the line, if it is no transaction, or cut off in its middle: what is missing could be
 *   what proves something.
 */
export function parseHistory(text: string): History {
  const lines = text.split('\n')
  if (lines.pop() !== '') throw badLine(lines.length + 1, 'it is cut off: a line ends with a line break')
  const [first = '', ...rest] = lines
  const { seed, faults } = parse(head, first, 1)
  const transactions = rest.map((line, at): Transaction => {
    const { endedMs, operations, ...told } = parse(transaction, line, at + 2)
    return {
      ...told,
      endedMs,
      operations: operations.map((one) => (one.kind === 'append' ? one : { ...one, values: one.values })),
    }
  })
  return { transactions, seed, ...(faults !== undefined && { faults }) }
}

function parse<Schema extends v.GenericSchema>(schema: Schema, line: string, number: number): v.InferOutput<Schema> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (cause) {
    throw badLine(number, 'it is not JSON', cause)
  }
  const { issues, output } = v.safeParse(schema, value)
  const [issue] = issues ?? []
  if (issue === undefined) return output
  throw badLine(number, `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`)
}

function badLine(number: number, why: string, cause?: unknown): ConfigError {
  return new ConfigError(['history'], `line ${number} of the history can't be read: ${why}`, {
    hints: ['give what formatHistory() wrote, whole'],
    cause,
  })
}
