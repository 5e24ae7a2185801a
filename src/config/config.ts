import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as v from 'valibot'
import { ConfigError } from '../errors.ts'
import { OPEN_FILES } from '../file-fault.ts'
import { readEnvFile } from './env-file.ts'
import { readEnvLayer } from './env-layer.ts'
import { isPlainPath, mayHoldSecret } from './may-hold-secret.ts'
import { Secret } from './secret.ts'
import {
  defaults,
  settingNames,
  settings,
  type ParsedSettings,
  type Setting,
  type SettingName,
  type Settings,
} from './settings.ts'
import { describeUnknown } from './unknown.ts'
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
    /** Address of the server that the run is compared with, password included. */
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
  /** Path of the .env file, or false for none. By default `.env` in `cwd`, if there is one. */
  readonly envFile?: string | false
  readonly options?: Settings
  /** A configuration that was validated before, in the place of the defaults. */
  readonly base?: Config
  /** Folder that relative paths are resolved from; by default that of this process. */
  readonly cwd?: string
}

export interface LoadedConfig {
  readonly config: Config
  /** One line each: variables that are unknown, taken for another or ignored, and values of .env that a `#` cuts. */
  readonly warnings: readonly string[]
}

/** No environment at all: for sessions that build on a configuration that was read before. */
export const NONE: Readonly<Record<string, never>> = {}

interface Layer {
  readonly origin: string
  readonly named: 'env' | 'option'
  readonly values: Settings
  /** The variable that a setting was taken from, if that is not its own. */
  readonly called?: ReadonlyMap<SettingName, string>
}

const STARTS = new Set<unknown>(['container', 'binary', 'cluster'])

/**
 * Merges and validates the configuration.
 *
 * @throws {ConfigError} that names the setting, its value (unless secret) and what is allowed.
 */
export function loadConfig(sources: ConfigSources = {}): LoadedConfig {
  const { cwd = process.cwd(), env = process.env, base, options = NONE } = sources
  const own = base !== undefined && env === NONE && sources.envFile === false && sources.commandLine === undefined
  if (own && Object.keys(options).every((name) => taken.has(name))) {
    // As every session of a test does: its base was finished before, and what it adds needs no more.
    return { config: { ...base, ...parseLayer({ origin: 'option', named: 'option', values: options }) }, warnings: [] }
  }
  const file = sources.envFile === false ? undefined : readEnvFile(resolve(cwd, sources.envFile ?? '.env'))
  const written = file === undefined ? undefined : readEnvLayer(file.variables, '.env')
  const around = env === NONE ? undefined : readEnvLayer(env, 'environment')
  const layers: Layer[] = [
    { origin: 'option', named: 'option', values: options },
    { origin: '.env', named: 'env', ...(written ?? { values: NONE }) },
    { origin: 'environment', named: 'env', ...(around ?? { values: NONE }) },
    { origin: 'command line', named: 'option', values: sources.commandLine ?? NONE },
  ]
  const merged: Record<string, unknown> = { ...(base ?? defaults) }
  const called = new Map<string, string>()
  let saysTls = false
  for (const layer of layers) {
    if (layer.values === NONE) continue
    const parsed = parseLayer(layer)
    saysTls ||= parsed.tls !== undefined
    Object.assign(merged, parsed)
    for (const name of Object.keys(parsed)) called.set(name, layer.called?.get(name as SettingName) ?? '')
  }
  // A port alone is that of a server on this machine, unless one will be started: `check` and a run take it alike.
  if (called.has('port') && merged.host === undefined && !STARTS.has(merged.provider)) merged.host = '127.0.0.1'
  const config = finish(merged, { cwd, base, called })
  const unknown = [...(written?.unknown ?? []), ...(around?.unknown ?? [])]
  const unheard = unknown.find(({ asksForTls }) => asksForTls)
  if (unheard !== undefined && config.host !== undefined && !config.tls && !saysTls) {
    throw new ConfigError(['TIDB_TLS'], `${unheard.called} is not a setting, and TLS is off`, {
      hints: ['set TIDB_TLS to true; or to false, if the connection may go in the clear'],
    })
  }
  const notes = [...(file?.notes ?? []), ...(written?.notes ?? []), ...(around?.notes ?? [])]
  return { config, warnings: [...notes, ...unknown.map(describeUnknown)] }
}

/** Whether there is a server already, which others may use. */
export function isShared({ provider, host, reuse }: Config): boolean {
  return provider === 'host' || (provider === 'auto' && host !== undefined) || reuse !== undefined
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
  // Each turns TLS on, and a stronger layer can turn it off again.
  if (TLS_FILES.some((name) => parsed[name] !== undefined)) parsed.tls = true
  return parsed
}

const TLS_FILES = ['tlsCa', 'tlsCert', 'tlsKey'] as const

function parseSetting(name: SettingName, value: unknown, layer: Layer): unknown {
  const setting = settings[name] as Setting | undefined
  if (setting === undefined) {
    throw new ConfigError([name], `there is no setting ${JSON.stringify(name)} (${layer.origin})`, {
      hints: [`the settings are ${settingNames.join(', ')}`],
    })
  }
  if (name === 'password' && value instanceof Secret) return value
  const result = v.safeParse(setting.schema, value)
  if (result.success) return result.output
  const isHidden = setting.secret || name === 'passwordFile' || mayHoldSecret(value)
  const shown = isHidden ? 'a value that is not shown' : JSON.stringify(value)
  const called = layer.called?.get(name) ?? (layer.named === 'env' ? setting.env : name)
  throw new ConfigError([setting.env], `${called} (${layer.origin}) is ${shown}`, {
    hints: [`set ${called} to ${setting.allowed}`],
  })
}

type Secrets = 'password' | 'baselineUrl' | 'importHistoryUrl'
/** The secrets of a base are wrapped already. */
type Merged = Omit<ParsedSettings, Secrets> &
  Pick<Config, 'tlsMaterial'> & { readonly [Name in Secrets]?: string | Secret | undefined }

/** What a path is resolved from, and what the variable is called that holds it. */
interface Place {
  readonly cwd: string
  /** The variable that a setting was taken from; empty if that is its own. */
  readonly called: ReadonlyMap<string, string>
}

/** Settings that are taken as they were parsed: no path, no secret, nothing to be read from a file. */
const taken: ReadonlySet<string> = new Set(
  settingNames.filter((name) => {
    const { secret, path } = settings[name] as Setting
    return secret !== true && path !== true && name !== 'tls'
  }),
)

function finish(merged: Merged, { cwd, base, called }: Place & { readonly base: Config | undefined }): Config {
  const {
    password,
    passwordFile,
    url: _,
    baselineUrl,
    importHistoryUrl,
    tls = false,
    tlsCa,
    tlsCert,
    tlsKey,
    tlsMaterial: before,
    ...plain
  } = merged
  const config = {
    ...defaults,
    ...absolute(plain, cwd),
    tls,
    password: takePassword(password, passwordFile, { cwd, called }),
    ...(baselineUrl !== undefined && { baselineUrl: asSecret(baselineUrl) }),
    ...(importHistoryUrl !== undefined && { importHistoryUrl: asSecret(importHistoryUrl) }),
  }
  if (!tls) return config
  const files = {
    ...(tlsCa !== undefined && { tlsCa }),
    ...(tlsCert !== undefined && { tlsCert }),
    ...(tlsKey !== undefined && { tlsKey }),
  }
  const tlsMaterial =
    // The files of a base were read before, and may be gone by now.
    before !== undefined && TLS_FILES.every((name) => merged[name] === base?.[name])
      ? before
      : readTlsFiles(files, { cwd, called })
  return { ...config, ...absolute(files, cwd), tlsMaterial }
}

/** A server is started in a folder of its own, and workers may run in another: relative paths would name something else. */
function absolute<T extends object>(values: T, cwd: string): T {
  const entries = Object.entries(values).map(([name, value]: [string, unknown]) => {
    const isPath = (settings as Record<string, Setting | undefined>)[name]?.path && typeof value === 'string'
    return [name, isPath ? resolve(cwd, value) : value] as const
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as T
}

function readTlsFiles(files: Pick<ParsedSettings, (typeof TLS_FILES)[number]>, place: Place): TlsMaterial {
  const [ca, cert, key] = TLS_FILES.map((name) => {
    const path = files[name]
    return path === undefined ? undefined : readSettingFile(name, path, place)
  })
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key: new Secret(key) }),
  }
}

function asSecret(value: string | Secret): Secret {
  return value instanceof Secret ? value : new Secret(value)
}

function takePassword(password: string | Secret | undefined, file: string | undefined, place: Place): Secret {
  if (password !== undefined) return asSecret(password)
  if (file === undefined) return new Secret('')
  return new Secret(readSettingFile('passwordFile', file, place).split(/\r?\n/, 1)[0] ?? '')
}

function readSettingFile(name: SettingName, path: string, { cwd, called }: Place): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8')
  } catch (cause) {
    const setting = called.get(name) || settings[name].env
    const itself = name === 'passwordFile' ? '; a password itself goes into TIDB_PASSWORD' : ''
    const { code } = cause as NodeJS.ErrnoException
    const allowed = `set ${setting} to ${settings[name].allowed}, readable by this user${itself}`
    const hints = [code === 'EMFILE' || code === 'ENFILE' ? OPEN_FILES : allowed]
    if (!isPlainPath(name, path, cwd)) {
      // Without its cause, which repeats the path.
      throw new ConfigError(
        [settings[name].env],
        `${setting} names a file that is not shown, as it may be a secret, and can't be read (${code})`,
        { hints },
      )
    }
    throw new ConfigError(
      [settings[name].env],
      `${setting} names ${path}, which can't be read: ${(cause as Error).message}`,
      { hints, cause },
    )
  }
}
