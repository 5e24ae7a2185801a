import { nearest } from '../nearest.ts'
import { settings, type Setting } from './settings.ts'

/** A TIDB_ variable that nothing reads. */
export interface UnknownVariable {
  /** The variable and its layer, such as `TIDB_HSOT (environment)`. Values are not shown. */
  readonly called: string
  /** The name that was probably meant; undefined if none is near. */
  readonly meant: string | undefined
  /** Whether it asks for TLS, by its name. */
  readonly asksForTls: boolean
}

const all = Object.values(settings) as Setting[]
const own: readonly string[] = all.map(({ env }) => env)
const known = new Set([...own, ...all.flatMap(({ aliases = [] }) => aliases)])

const TLS = /_(?:SSL|TLS|CA)(?:_|$)/
const OFF = new Set(['', '0', 'false', 'no', 'off', 'disabled'])

/** How many letters may be wrong, in a name beyond TIDB_. */
const allowedTypos = (name: string) => (name.length - 'TIDB_'.length < 6 ? 2 : 3)

/** The TIDB_ variables of a layer that nothing reads. */
export function unknownVariables(env: Readonly<Record<string, string>>, origin: string): UnknownVariable[] {
  return Object.entries(env)
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => ({
      called: `${name} (${origin})`,
      meant: nearest(name, own, allowedTypos(name)),
      asksForTls: TLS.test(name) && !OFF.has(value.toLowerCase()),
    }))
}

export function describeUnknown({ called, meant }: UnknownVariable): string {
  return `${called} is not a setting${meant === undefined ? '' : `; did you mean ${meant}?`}`
}
