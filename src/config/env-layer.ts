import { formatQuantity } from '../number-format.ts'
import { isInjected } from './injected.ts'
import { settingNames, settings, type Setting, type SettingName, type Settings } from './settings.ts'
import { unknownVariables, type UnknownVariable } from './unknown.ts'

/** What the variables of one layer say. */
export interface EnvLayer {
  readonly values: Settings
  /** The variable that a setting was taken from, if that is not its own. */
  readonly called: ReadonlyMap<SettingName, string>
  /** One line each, for the user. */
  readonly notes: readonly string[]
  readonly unknown: readonly UnknownVariable[]
}

/** Reads the TIDB_ variables of a layer. In the environment, those that Kubernetes or Docker injected are left out. */
export function readEnvLayer(
  env: Readonly<Record<string, string | undefined>>,
  origin: '.env' | 'environment',
): EnvLayer {
  const ours: Record<string, string> = {}
  const injected: string[] = []
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('TIDB_') || value === undefined) continue
    // Nobody injects anything into a file: what is there, somebody wrote.
    if (origin === 'environment' && isInjected(name, value)) injected.push(name)
    else ours[name] = value
  }
  const notes: string[] = []
  const values: Record<string, string> = {}
  const called = new Map<SettingName, string>()
  // CI systems hand over unset variables as empty ones; only a password may really be empty.
  const given = (variable: string, name: SettingName) =>
    ours[variable] !== undefined && (ours[variable] !== '' || name === 'password')
  for (const name of settingNames) {
    const { env: own, aliases = [] } = settings[name] as Setting
    if (given(own, name)) values[name] = ours[own] as string
    for (const alias of aliases) {
      if (!given(alias, name)) continue
      if (values[name] !== undefined) {
        notes.push(`${alias} (${origin}) is not used: ${called.get(name) ?? own} is set beside it`)
        continue
      }
      values[name] = ours[alias] as string
      called.set(name, alias)
      notes.push(`${alias} (${origin}) is taken as ${own}`)
    }
  }
  if (injected.length > 0) notes.push(`${listed(injected)} ignored: Kubernetes or Docker injected ${INJECTED}`)
  return { values, called, notes, unknown: unknownVariables(ours, origin) }
}

const INJECTED = 'them for a service of that name'

function listed([first = '', ...rest]: readonly string[]): string {
  if (rest.length === 0) return `${first} (environment) is`
  return `${first} and ${formatQuantity(rest.length, 'more variable')} (environment) are`
}
