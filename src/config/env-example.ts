import { defaults, settings, type Setting, type SettingName } from './settings.ts'

/** The default of a setting as a variable would have it; empty if it has none. */
export function defaultOf(name: SettingName): string {
  const value = (defaults as Partial<Record<SettingName, string | number | boolean | string[]>>)[name]
  return Array.isArray(value) ? value.join(' ') : String(value ?? '')
}

/** A file with every setting, commented out. @param head how it begins, as comment lines. */
export function envExample(head: string): string {
  const all = Object.entries(settings) as [SettingName, Setting][]
  const parts = all.map(([name, { env, allowed, about }]) => `# ${about}\n#   ${allowed}\n# ${env}=${defaultOf(name)}`)
  return `${[head.trimEnd(), ...parts].join('\n\n')}\n`
}
