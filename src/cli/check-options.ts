import type { Severity } from '../checks/finding.ts'
import type { RunChecksOptions } from '../checks/run-checks.ts'
import { ConfigError } from '../errors.ts'

/** What the command line says of checks, as text. */
interface GivenOptions {
  readonly only?: string
  readonly skip?: string
  readonly limit?: readonly string[]
  readonly severity?: string
}

/** The same for `runChecks`, which checks names and values. @throws {ConfigError} for a limit of another form. */
export function checkOptions({ only, skip, limit = [], severity }: GivenOptions): RunChecksOptions {
  const limits: Record<string, Record<string, string>> = {}
  for (const given of limit) {
    const [, check = '', name = '', value = ''] = FORM.exec(given) ?? []
    if (check === '') {
      throw new ConfigError(['--limit'], '--limit has another form than check.limit=value', {
        hints: ['give it such as no-old-transactions.olderThan=5m; --list has the names'],
      })
    }
    ;(limits[check] ??= {})[name] = value
  }
  return { only: names(only), skip: names(skip), limits, severity: severity as Severity | undefined }
}

const FORM = /^([\w-]+)\.(\w+)=(.*)$/s

function names(given: string | undefined): string[] | undefined {
  const all = given?.split(',').map((name) => name.trim())
  return all?.filter((name) => name !== '')
}
