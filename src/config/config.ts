import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as v from 'valibot'
import { ConfigError } from '../errors.ts'
import { readEnvFile } from './env-file.ts'
import { Secret } from './secret.ts'
import { defaults, settingNames, settings, type ParsedSettings, type SettingName, type Settings } from './settings.ts'
import { warnUnknown } from './unknown.ts'
import { parseUrl } from './url.ts'

type Plain = Omit<ParsedSettings, 'url' | 'password' | 'passwordFile' | 'baselineUrl' | 'importHistoryUrl'>
type Defaulted = keyof typeof defaults

/** TLS material, read from its files. */
export interface TlsMaterial {
  readonly ca?: string
  readonly cert?: string
  readonly key?: Secret
}

/** The configuration after all layers were merged and validated. */
export type Config = Omit<Plain, Defaulted> &
  Required<Pick<Plain, Defaulted>> & {
    readonly password: Secret
    /** Address of the server that anomalies are compared with, password included. */
    readonly baselineUrl?: Secret
    /** Address of the TiDB that keeps the history of import jobs, password included. */
    readonly importHistoryUrl?: Secret
    /** Present when TLS is demanded. */
    readonly tlsMaterial?: TlsMaterial
  }

/** Where settings come from: `commandLine` wins over `env`, `env` over the file, the file over `options`. */
export interface ConfigSources {
  readonly commandLine?: Settings
  /** The environment, by default that of this process. Only its TIDB_ variables are read. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Path of the .env file, or false for none. By default `.env` in `cwd`, where there is one. */
  readonly envFile?: string | false
  readonly options?: Settings
  /** A configuration that was validated before, in the place of the defaults. */
  readonly base?: Config
  /** Folder that relative paths are resolved from; by default that of this process. */
  readonly cwd?: string
}

export interface LoadedConfig {
  readonly config: Config
  /** One line each: unknown TIDB_ variables, with the nearest known name. */
  readonly warnings: readonly string[]
}

/** No environment at all: for sessions that build on a configuration that was read before. */
export const NONE: Readonly<Record<string, never>> = {}

interface Layer {
  readonly origin: string
  readonly named: 'env' | 'option'
  readonly values: Settings
}

/**
 * Merges and validates the configuration.
 *
 * @throws {ConfigError} that names the setting, its value (unless secret) and what is allowed.
 */
export function loadConfig(sources: ConfigSources = {}): LoadedConfig {
  const { cwd = process.cwd(), env = process.env, base } = sources
  const file = sources.envFile === false ? undefined : readEnvFile(resolve(cwd, sources.envFile ?? '.env'))
  const layers: Layer[] = [
    { origin: 'option', named: 'option', values: sources.options ?? NONE },
    { origin: '.env', named: 'env', values: file === undefined ? NONE : fromEnv(file) },
    { origin: 'environment', named: 'env', values: env === NONE ? NONE : fromEnv(env) },
    { origin: 'command line', named: 'option', values: sources.commandLine ?? NONE },
  ]
  const merged: Record<string, unknown> = { ...(base ?? defaults) }
  for (const layer of layers) if (layer.values !== NONE) Object.assign(merged, parseLayer(layer))
  const warnings = [...warnUnknown(file ?? NONE, '.env'), ...warnUnknown(env, 'environment')]
  return { config: finish(merged, cwd), warnings }
}

function fromEnv(env: Readonly<Record<string, string | undefined>>): Settings {
  const values: Record<string, string> = {}
  for (const name of settingNames) {
    const value = env[settings[name].env]
    // CI systems hand over unset variables as empty ones; only a password may really be empty.
    if (value !== undefined && (value !== '' || name === 'password')) values[name] = value
  }
  return values
}

function parseLayer(layer: Layer): Record<string, unknown> {
  const given = layer.values
  const parsed: Record<string, unknown> = {}
  const take = (values: Settings) => {
    for (const name of Object.keys(values) as SettingName[]) {
      if (values[name] !== undefined) parsed[name] = parseSetting(name, values[name], layer)
    }
  }
  if (given.url !== undefined) take(parseUrl(given.url, layer.origin))
  take(given)
  delete parsed.url
  // A password given in one way replaces one given in the other way by a weaker layer.
  if (parsed.password !== undefined && parsed.passwordFile === undefined) parsed.passwordFile = undefined
  if (parsed.passwordFile !== undefined && parsed.password === undefined) parsed.password = undefined
  return parsed
}

function parseSetting(name: SettingName, value: unknown, layer: Layer): unknown {
  const setting = settings[name] as (typeof settings)[SettingName] | undefined
  if (setting === undefined) {
    throw new ConfigError([name], `there is no setting ${JSON.stringify(name)} (${layer.origin})`, {
      hints: [`the settings are ${settingNames.join(', ')}`],
    })
  }
  if (name === 'password' && value instanceof Secret) return value
  const result = v.safeParse(setting.schema, value)
  if (result.success) return result.output
  const shown = 'secret' in setting ? 'a value that is not shown' : JSON.stringify(value)
  const called = layer.named === 'env' ? setting.env : name
  throw new ConfigError([setting.env], `${called} (${layer.origin}) is ${shown}`, {
    hints: [`set ${called} to ${setting.allowed}`],
  })
}

type Merged = Omit<ParsedSettings, 'password'> & { readonly password?: string | Secret | undefined }

function finish(merged: Merged, cwd: string): Config {
  const { password, passwordFile, url: _, baselineUrl, importHistoryUrl, ...plain } = merged
  const { tlsCa, tlsCert, tlsKey } = plain
  const wantsTls = plain.tls || [tlsCa, tlsCert, tlsKey].some((path) => path !== undefined)
  const { serverBin, serverConfig, cacheDir, importHistoryDir, importReportDir = defaults.importReportDir } = plain
  const config = {
    ...defaults,
    ...plain,
    // The server is started in a folder of its own, where a relative path would name something else.
    ...(serverBin !== undefined && { serverBin: resolve(cwd, serverBin) }),
    ...(serverConfig !== undefined && { serverConfig: resolve(cwd, serverConfig) }),
    ...(cacheDir !== undefined && { cacheDir: resolve(cwd, cacheDir) }),
    // Workers may run in another folder.
    importReportDir: resolve(cwd, importReportDir),
    ...(importHistoryDir !== undefined && { importHistoryDir: resolve(cwd, importHistoryDir) }),
    tls: wantsTls,
    password: takePassword(password, passwordFile, cwd),
    ...(baselineUrl !== undefined && { baselineUrl: new Secret(baselineUrl) }),
    ...(importHistoryUrl !== undefined && { importHistoryUrl: new Secret(importHistoryUrl) }),
  }
  if (!wantsTls) return config
  return {
    ...config,
    tlsMaterial: {
      ...(tlsCa !== undefined && { ca: readSettingFile('tlsCa', tlsCa, cwd) }),
      ...(tlsCert !== undefined && { cert: readSettingFile('tlsCert', tlsCert, cwd) }),
      ...(tlsKey !== undefined && { key: new Secret(readSettingFile('tlsKey', tlsKey, cwd)) }),
    },
  }
}

function takePassword(password: string | Secret | undefined, file: string | undefined, cwd: string): Secret {
  if (password instanceof Secret) return password
  if (password !== undefined) return new Secret(password)
  if (file === undefined) return new Secret('')
  return new Secret(readSettingFile('passwordFile', file, cwd).split(/\r?\n/, 1)[0] ?? '')
}

function readSettingFile(name: SettingName, path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8')
  } catch (cause) {
    const { env } = settings[name]
    throw new ConfigError([env], `${env} names ${path}, which can't be read: ${(cause as Error).message}`, {
      hints: [`set ${env} to ${settings[name].allowed}, readable by this user`],
      cause,
    })
  }
}
