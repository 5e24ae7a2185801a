import { SETTING_OF_LIMITS, type LimitsByCheck } from '../config/check-limits.ts'
import { ConfigError, firstLine } from '../errors.ts'

let configured: LimitsByCheck = {}

/** Has all checks of this process take these limits in the place of their standard ones. Limits in a call are stronger. */
export function configureLimits(limits: LimitsByCheck = {}): void {
  configured = limits
}

/** What is configured for a check. */
export function configuredLimits(check: string): Readonly<Record<string, unknown>> {
  return configured[check] ?? {}
}

/** @throws {ConfigError} for a check or a limit that there is not, with the one that was probably meant, and for a value of another kind. */
export async function demandConfigurable(limits: LimitsByCheck = {}): Promise<void> {
  if (Object.keys(limits).length === 0) return
  const [{ checks }, { chooseChecks }] = await Promise.all([import('./catalogue.ts'), import('./run-checks.ts')])
  try {
    chooseChecks(checks, { limits })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const { hints } = error
    throw new ConfigError([SETTING_OF_LIMITS], `${SETTING_OF_LIMITS}: ${firstLine(error)}`, { hints, cause: error })
  }
}
