import { closest } from 'fastest-levenshtein'
import { settings } from './settings.ts'

const known: readonly string[] = Object.values(settings).map(({ env }) => env)

/** A line for each TIDB_ variable that nothing reads, with the name that was probably meant. Values are not shown. */
export function warnUnknown(env: Readonly<Record<string, string | undefined>>, origin: string): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('TIDB_') && !known.includes(name))
    .map((name) => `${name} (${origin}) is not a setting; did you mean ${closest(name, known)}?`)
}
