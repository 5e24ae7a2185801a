import { resolve } from 'node:path'
import { readEnvFile } from './env-file.ts'
import { readEnvLayer } from './env-layer.ts'
import { mayHoldSecret } from './may-hold-secret.ts'
import { defaults, settingNames, settings, type Setting } from './settings.ts'

/** A setting that was given somewhere, or has a default. */
export interface SettingSource {
  /** Its variable. */
  readonly name: string
  /** As it was given; `***` if it may hold a secret. */
  readonly value: string
  /** The stronger of those that give it. */
  readonly from: 'environment' | '.env' | 'default'
}

/** Every setting that has a value, and where that is from: of the plugin's own options, only a run knows. */
export function settingSources(cwd: string, env: NodeJS.ProcessEnv = process.env): SettingSource[] {
  const file = readEnvFile(resolve(cwd, '.env'))
  const written = file === undefined ? {} : readEnvLayer(file.variables, '.env').values
  const around = readEnvLayer(env, 'environment').values
  const unset: Readonly<Record<string, unknown>> = defaults
  return settingNames.flatMap((name) => {
    const { env: variable, secret } = settings[name] as Setting
    const from = around[name] !== undefined ? 'environment' : written[name] !== undefined ? '.env' : 'default'
    const value = around[name] ?? written[name] ?? unset[name]
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return []
    const shown = typeof value === 'string' ? value : JSON.stringify(value)
    const hidden = secret === true || name === 'passwordFile' || mayHoldSecret(shown)
    return [{ name: variable, value: hidden ? '***' : shown, from }]
  })
}
