import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from '../errors.ts'
import { loadConfig, NONE } from './config.ts'
import { settings, type SettingName } from './settings.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'vitest-tidb-config-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

function file(name: string, text: string): string {
  writeFileSync(join(cwd, name), text)
  return name
}

describe('precedence', () => {
  test('command line over environment over .env over options over defaults', () => {
    file('.env', 'TIDB_HOST=from-file\nTIDB_USER=from-file\nTIDB_PORT=1003\n')
    const { config } = loadConfig({
      cwd,
      options: { host: 'from-options', user: 'from-options', port: 1004, database: 'from_options' },
      env: { TIDB_HOST: 'from-env', TIDB_USER: 'from-env' },
      commandLine: { host: 'from-command-line' },
    })
    expect(config).toMatchObject({
      host: 'from-command-line',
      user: 'from-env',
      port: 1003,
      database: 'from_options',
      retries: 3,
    })
  })

  test('a base stands in the place of the defaults', () => {
    const base = loadConfig({ env: NONE, envFile: false, options: { host: 'a', retries: 7 } }).config
    const { config } = loadConfig({ base, options: { port: 5000 }, env: NONE, envFile: false })
    expect(config).toMatchObject({ host: 'a', port: 5000, retries: 7 })
  })

  test('an empty variable counts as unset, but for the password', () => {
    const options = { host: 'kept', password: 'dropped' }
    const { config } = loadConfig({ options, env: { TIDB_HOST: '', TIDB_PASSWORD: '' }, envFile: false })
    expect(config.host).toBe('kept')
    expect(config.password.reveal()).toBe('')
  })
})

describe('TIDB_URL', () => {
  test('gives every part', () => {
    const url = 'tidb://me%40home:p%2Fw@db.example:4001/shop?tls=true'
    const { config } = loadConfig({ env: { TIDB_URL: url }, envFile: false })
    expect(config).toMatchObject({ host: 'db.example', port: 4001, user: 'me@home', database: 'shop', tls: true })
    expect(config.password.reveal()).toBe('p/w')
  })

  test('gives way to the single settings beside it', () => {
    const env = { TIDB_URL: 'mysql://a:1@host-of-url:4001/x', TIDB_HOST: 'single', TIDB_PASSWORD: '2' }
    const { config } = loadConfig({ env, envFile: false })
    expect(config).toMatchObject({ host: 'single', port: 4001, user: 'a' })
    expect(config.password.reveal()).toBe('2')
  })

  test('wins over single settings of a weaker layer', () => {
    const { config } = loadConfig({
      options: { host: 'weaker' },
      env: { TIDB_URL: 'mysql://url-host' },
      envFile: false,
    })
    expect(config.host).toBe('url-host')
  })
})

describe('passwords', () => {
  test('come from the first line of a file', () => {
    const passwordFile = file('password', 'hunter2\nsecond line\n')
    expect(loadConfig({ cwd, options: { passwordFile }, env: NONE }).config.password.reveal()).toBe('hunter2')
  })

  test('of a stronger layer replace those of a weaker one, whichever way they are given', () => {
    const passwordFile = file('password', 'of-file')
    const stronger = loadConfig({ cwd, options: { passwordFile }, env: { TIDB_PASSWORD: 'of-env' } })
    expect(stronger.config.password.reveal()).toBe('of-env')
    const reverse = loadConfig({ cwd, options: { password: 'of-options' }, env: { TIDB_PASSWORD_FILE: passwordFile } })
    expect(reverse.config.password.reveal()).toBe('of-file')
  })
})

describe('what is refused', () => {
  const wrong: Partial<Record<SettingName, string>> = {
    provider: 'cloud',
    port: '70000',
    statusPort: '-1',
    passwordPrompt: 'perhaps',
    databasePerTest: 'perhaps',
    databaseStock: '0',
    tls: 'perhaps',
    version: '8.5',
    importMonitorSeconds: '1.5',
    connectTimeoutMs: '0',
    stateTimeoutMs: 'soon',
    startTimeoutMs: '1e3',
    pullTimeoutMs: '-5',
    buildTimeoutMs: '99999999999',
    retries: '101',
    concurrency: '0',
  }

  test.for(Object.entries(wrong) as [SettingName, string][])('%s: %s', ([name, value]) => {
    const { env, allowed } = settings[name]
    const load = () => loadConfig({ env: { [env]: value }, envFile: false })
    expect(load).toThrow(ConfigError)
    expect(load).toThrow(`${env} (environment) is "${value}"`)
    expect(load).toThrow(allowed)
  })

  test('a URL, without its value', () => {
    const load = () => loadConfig({ env: { TIDB_URL: 'mysql://root:hunter2@:x' }, envFile: false })
    expect(load).toThrow('TIDB_URL (environment) is not a URL')
    expect(load).not.toThrow('hunter2')
  })

  test('an option that there is none of', () => {
    expect(() => loadConfig({ options: { hots: 'x' } as never, env: NONE, envFile: false })).toThrow(
      'no setting "hots"',
    )
  })

  test('a file that is not there, by the name of its setting', () => {
    expect(() => loadConfig({ cwd, env: { TIDB_TLS_CA: 'none.pem' } })).toThrow('TIDB_TLS_CA names none.pem')
  })
})

test('a CA turns TLS on', () => {
  const tlsCa = file('ca.pem', 'PEM')
  expect(loadConfig({ cwd, options: { tlsCa }, env: NONE }).config).toMatchObject({
    tls: true,
    tlsMaterial: { ca: 'PEM' },
  })
})

test('an unknown variable is a warning that names the nearest known one, and no value', () => {
  const { warnings } = loadConfig({ env: { TIDB_PASWORD: 'hunter2', OTHER: 'x' }, envFile: false })
  expect(warnings).toEqual(['TIDB_PASWORD (environment) is not a setting; did you mean TIDB_PASSWORD?'])
})
