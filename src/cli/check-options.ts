import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Severity } from '../checks/finding.ts'
import type { RunChecksOptions } from '../checks/run-checks.ts'
import { settingsAsExpected } from '../checks/settings-as-expected.ts'
import { parseLimits } from '../config/check-limits.ts'
import { ConfigError } from '../errors.ts'

/** What the command line says of checks, as text. */
interface GivenOptions {
  readonly only?: string
  readonly skip?: string
  readonly limit?: readonly string[]
  readonly severity?: string
  readonly expected?: string
}

/** The same for `runChecks`, which checks names and values. @throws {ConfigError} for a limit of another form. */
export function checkOptions({ only, skip, limit = [], severity, expected }: GivenOptions): RunChecksOptions {
  const given = parseLimits(limit)
  if (given === undefined) {
    throw new ConfigError(['--limit'], '--limit has another form than check.limit=value', {
      hints: ['give it such as no-old-transactions.olderThan=5m; --list has the names'],
    })
  }
  const { name } = settingsAsExpected
  const limits = expected === undefined ? given : { ...given, [name]: { ...readExpected(expected), ...given[name] } }
  return { only: names(only), skip: names(skip), limits, severity: severity as Severity | undefined }
}

/** The expected variables and configuration. @throws {ConfigError} for a file that can't be read, or that is no object in JSON. */
function readExpected(file: string): Record<string, unknown> {
  const refuse = (what: string, cause?: unknown) =>
    new ConfigError(['--expected'], `--expected names ${file}, which ${what}`, {
      hints: ['give an object in JSON with variables, configuration or both; docs/checks.md shows one'],
      cause,
    })
  let text: string
  try {
    text = readFileSync(resolve(file), 'utf8')
  } catch (cause) {
    throw refuse(`can't be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw refuse('is no JSON', cause)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('holds no object')
  return { ...value }
}

function names(given: string | undefined): string[] | undefined {
  const all = given?.split(',').map((name) => name.trim())
  return all?.filter((name) => name !== '')
}
