import { ConfigError, firstLine } from '../errors.ts'

/** A value as the tables take it: JSON, or null for none. @throws {ConfigError} if JSON has no way to write it. */
export function toJson(what: string, value: unknown): string | null {
  if (value === undefined) return null
  try {
    const text = JSON.stringify(value) as string | undefined
    if (text !== undefined) return text
  } catch (error) {
    throw notJson(what, firstLine(error), error)
  }
  throw notJson(what, `it is a ${typeof value}`)
}

export function fromJson(text: string | null): unknown {
  return text === null ? undefined : (JSON.parse(text) as unknown)
}

function notJson(what: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError([what], `${what} can't be written as JSON: ${why}`, {
    hints: ['it travels through a table: give what JSON.stringify takes'],
    cause,
  })
}
