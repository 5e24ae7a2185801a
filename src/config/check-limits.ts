/** Limits of checks by the names of the checks, as somebody gave them: each check knows what its own may be. */
export type LimitsByCheck = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** The variable that holds them. */
export const SETTING_OF_LIMITS = 'TIDB_CHECK_LIMITS'

const FORM = /^([\w-]+)\.(\w+)=(.*)$/s

/** Reads limits such as `no-old-transactions.olderThan=5m`; undefined if one has another form. */
export function parseLimits(given: readonly string[]): LimitsByCheck | undefined {
  const limits: Record<string, Record<string, string>> = {}
  for (const one of given) {
    const [, check = '', name = '', value = ''] = FORM.exec(one) ?? []
    if (check === '') return undefined
    ;(limits[check] ??= {})[name] = value
  }
  return limits
}
