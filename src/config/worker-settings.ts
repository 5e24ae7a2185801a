import type { Config } from './config.ts'
import { settings, type Setting, type SettingName, type Settings } from './settings.ts'

/** Where and as whom the workers connect is what the run found, not what was configured. */
const REPLACED = new Set<SettingName>(['provider', 'host', 'port', 'statusPort', 'user', 'passwordFile'])

/**
 * What the workers of vitest need of the configuration, as plain data: every setting but secrets, those of the main
 * process alone, and the server's address. Its paths hold in any folder.
 */
export function workerSettings(config: Config): Settings {
  const given = Object.entries(config) as [SettingName, Settings[SettingName]][]
  return Object.fromEntries(
    given.filter(([name]) => {
      const setting = (settings as Partial<Record<SettingName, Setting>>)[name]
      return setting !== undefined && !setting.secret && !setting.mainOnly && !REPLACED.has(name)
    }),
  )
}
