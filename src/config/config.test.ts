import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from '../errors.ts'
import { loadConfig, NONE } from './config.ts'
import { settings, type SettingName, type Settings } from './settings.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'vitest-tidb-config-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

function file(name: string, text: string): string {
  writeFileSync(join(cwd, name), text)
  return name
}

test('a URL as `connectionUri` has it is taken', () => {
  const load = (url: string) => loadConfig({ env: NONE, envFile: false, options: { url } }).config
  expect(load('mysql://root@localhost:4000/shop?timezone=Z')).toMatchObject({ host: 'localhost', database: 'shop' })
  expect(() => load('mysql://root@localhost:4000/shop?timezone=local')).toThrow('has a timezone that is not Z')
})

test('what a session adds to a base comes out as it does with an environment around it', () => {
  const tlsCa = file('ca.pem', 'PEM')
  const base = loadConfig({ env: NONE, envFile: false, options: { host: 'a', password: 'pw', tlsCa }, cwd }).config
  for (const options of [{ database: 'shop' }, { user: 'me', retries: 3 }, { port: 1 }, {}] satisfies Settings[]) {
    const quick = loadConfig({ base, options, env: NONE, envFile: false, cwd })
    expect(quick).toEqual(loadConfig({ base, options, env: {}, envFile: false, cwd }))
  }
  const bad = () => loadConfig({ base, options: { port: 'x' }, env: NONE, envFile: false })
  expect(bad).toThrow('port (option) is')
})

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
    checkLimits: 'tidb=3',
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

  test.for([
    [
      { TIDB_HOST: 'mysql://root:hunter2@db.example:4000/shop' },
      'TIDB_HOST (environment) is a value that is not shown',
    ],
    [{ TIDB_HOST: 'root:hunter2@db.example' }, 'set TIDB_HOST to a host name or address'],
    [{ TIDB_PORT: 'mysql://root:hunter2@db.example' }, 'TIDB_PORT (environment) is a value that is not shown'],
    [{ TIDB_RETRIES: 'hunter2\nhunter2' }, 'TIDB_RETRIES (environment) is a value that is not shown'],
    [{ TIDB_TLS_CA: 'https://me:hunter2@files.example/ca.pem' }, 'TIDB_TLS_CA names a file that is not shown'],
    [{ TIDB_TLS_KEY: '-----BEGIN PRIVATE KEY-----\nhunter2\n' }, 'TIDB_TLS_KEY names a file that is not shown'],
    [{ TIDB_TLS_KEY: 'MIIEvQIBADANhunter2/kqhkiG9w0BAQ+EFAA==' }, 'TIDB_TLS_KEY names a file that is not shown'],
    [{ TIDB_TLS_CERT: '/9j/4AAQhunter2' }, 'TIDB_TLS_CERT names a file that is not shown'],
    [{ TIDB_PASSWORD_FILE: 'hunter2' }, 'a password itself goes into TIDB_PASSWORD'],
    [{ TIDB_PASSWORD_FILE: 'hunter2.pem' }, 'TIDB_PASSWORD_FILE names a file that is not shown'],
    [{ TIDB_PASSWORD_FILE: 'my/hunter2' }, 'TIDB_PASSWORD_FILE names a file that is not shown'],
    [{ TIDB_PASSWORD_FILE: '/hunter2/hunter2' }, 'TIDB_PASSWORD_FILE names a file that is not shown'],
    [{ TIDB_PASSWORD_FILE: '/hunter2' }, 'TIDB_PASSWORD_FILE names a file that is not shown'],
    [{ TIDB_PASSWORD_FILE: `${'hunter2'.repeat(100)}/x` }, "and can't be read (ENAMETOOLONG)"],
    [{ TIDB_PASSWORD_FILE: 'hunter2'.repeat(1_000) }, "and can't be read (ENAMETOOLONG)"],
  ] as const)('what may hold a password, without its value: %o', ([env, message]) => {
    let error: unknown
    try {
      loadConfig({ env, envFile: false })
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as Error).message).toContain(message)
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  test('a password given for its file as a number, without it', () => {
    const load = () => loadConfig({ options: { passwordFile: 123_456 as never }, env: NONE, envFile: false })
    expect(load).toThrow('passwordFile (option) is a value that is not shown')
  })

  test('a file of the password, by its path if it plainly is one', () => {
    mkdirSync(join(cwd, 'secrets'))
    for (const path of ['./none', '../none', `${cwd}/none`, 'secrets/none', `${tmpdir()}/no/such/folder`]) {
      const load = () => loadConfig({ cwd, env: { TIDB_PASSWORD_FILE: path } })
      expect(load).toThrow(`TIDB_PASSWORD_FILE names ${path}, which can't be read: E`)
    }
  })

  test.for(['db.example:4000', '[::1]:4000', 'db.example/shop', 'a b'])('a host that is none: %s', (host) => {
    expect(() => loadConfig({ env: { TIDB_HOST: host }, envFile: false })).toThrow('without a port')
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

test.for([
  ['[::1]', '::1'],
  ['::1', '::1'],
  ['127.0.0.1', '127.0.0.1'],
  ['db.example', 'db.example'],
] as const)('a host as %s', ([given, taken]) => {
  expect(loadConfig({ env: { TIDB_HOST: given }, envFile: false }).config.host).toBe(taken)
})

describe('TLS by layers', () => {
  const load = (options: Settings, env: Record<string, string> = {}) =>
    loadConfig({ cwd, options, env, envFile: false }).config

  test('off in a stronger layer is off, whatever a weaker one has', () => {
    const tlsCa = file('ca.pem', 'PEM')
    expect(load({ tlsCa }, { TIDB_TLS: 'false' })).toMatchObject({ tls: false })
    expect(load({ tlsCa }, { TIDB_TLS: 'false' })).not.toHaveProperty('tlsMaterial')
    const base = load({ tlsCa })
    const off = loadConfig({ base, options: { tls: false }, env: NONE, envFile: false, cwd }).config
    expect(off.tls).toBe(false)
    expect(off.tlsMaterial).toBeUndefined()
  })

  test('on over a base without it is on', () => {
    const on = loadConfig({ base: load({}), options: { tls: true }, env: NONE, envFile: false, cwd }).config
    expect(on).toMatchObject({ tls: true, tlsMaterial: {} })
  })

  test('a base with it stays so, from any folder', () => {
    const base = load({ tlsCa: file('ca.pem', 'PEM') })
    const same = loadConfig({ base, options: { user: 'reader' }, env: NONE, envFile: false, cwd: '/' }).config
    expect(same.tlsMaterial).toEqual({ ca: 'PEM' })
  })
})

describe('names that others use', () => {
  const others = { TIDB_ENABLE_SSL: 'true', TIDB_DB_NAME: 'shop', TIDB_USERNAME: 'me' }

  test("the vendor's tutorial means TLS, and gets it", () => {
    const ca = file('ca.pem', 'PEM')
    file('.env', `TIDB_HOST=db.example\nTIDB_ENABLE_SSL=true\nTIDB_CA_PATH=${ca}\n`)
    const { config, warnings } = loadConfig({ cwd, env: NONE })
    expect(config).toMatchObject({ tls: true, tlsMaterial: { ca: 'PEM' } })
    expect(warnings).toEqual([
      'TIDB_ENABLE_SSL (.env) is taken as TIDB_TLS',
      'TIDB_CA_PATH (.env) is taken as TIDB_TLS_CA',
    ])
  })

  test('they give way to our own, and count as unset when empty', () => {
    const env = { ...others, TIDB_DATABASE: 'ours', TIDB_TLS: 'no', TIDB_CA_PATH: '' }
    const { config, warnings } = loadConfig({ env, envFile: false })
    expect(config).toMatchObject({ tls: false, database: 'ours', user: 'me' })
    expect(warnings).toEqual([
      'TIDB_USERNAME (environment) is taken as TIDB_USER',
      'TIDB_DB_NAME (environment) is not used: TIDB_DATABASE is set beside it',
      'TIDB_ENABLE_SSL (environment) is not used: TIDB_TLS is set beside it',
    ])
  })

  test('a value that is none is refused by the name that it was given', () => {
    expect(() => loadConfig({ env: { TIDB_ENABLE_SSL: 'perhaps' }, envFile: false })).toThrow(
      'TIDB_ENABLE_SSL (environment) is "perhaps"',
    )
    expect(() => loadConfig({ cwd, env: { TIDB_CA_PATH: 'none.pem' } })).toThrow('TIDB_CA_PATH names none.pem')
  })

  test.for(['TIDB_SSL', 'TIDB_USE_TLS', 'TIDB_SSL_CA'])(
    '%s, unknown, does not pass for a connection in clear',
    (name) => {
      const load = (env: Record<string, string>) => loadConfig({ env: { TIDB_HOST: 'a', ...env }, envFile: false })
      expect(() => load({ [name]: 'true' })).toThrow(`${name} (environment) is not a setting, and TLS is off`)
      expect(load({ [name]: 'true', TIDB_TLS: 'true' }).warnings).toHaveLength(1)
      expect(load({ [name]: 'true', TIDB_TLS: 'false' }).warnings).toHaveLength(1)
      expect(load({ [name]: 'false' }).warnings).toHaveLength(1)
      expect(loadConfig({ env: { [name]: 'true' }, envFile: false }).warnings).toHaveLength(1)
    },
  )
})

describe('what Kubernetes and Docker links inject', () => {
  const injected = {
    TIDB_PORT: 'tcp://10.96.0.7:4000',
    TIDB_SERVICE_HOST: '10.96.0.7',
    TIDB_SERVICE_PORT: '4000',
    TIDB_SERVICE_PORT_MYSQL_CLIENT: '4000',
    TIDB_PORT_4000_TCP: 'tcp://10.96.0.7:4000',
    TIDB_PORT_4000_TCP_PROTO: 'tcp',
    TIDB_PORT_4000_TCP_PORT: '4000',
    TIDB_PORT_4000_TCP_ADDR: '10.96.0.7',
    TIDB_STATUS_PORT: 'tcp://[fd00::7]:10080',
    TIDB_PD_SERVICE_HOST: '10.96.0.8',
    TIDB_PD_PORT: 'tcp://10.96.0.8:2379',
    TIDB_NAME: '/web/tidb',
  }

  test('is ignored, with one line', () => {
    const { config, warnings } = loadConfig({ options: { port: 4001 }, env: injected, envFile: false })
    expect(config.port).toBe(4001)
    expect(config.statusPort).toBeUndefined()
    expect(warnings).toEqual([
      'TIDB_PORT and 11 more variables (environment) are ignored: Kubernetes or Docker injected them for a service of that name',
    ])
  })

  test('is refused in .env, which somebody wrote, and so is any other word', () => {
    file('.env', 'TIDB_PORT=tcp://10.96.0.7:4000\n')
    expect(() => loadConfig({ cwd, env: NONE })).toThrow('TIDB_PORT (.env)')
    expect(() => loadConfig({ env: { TIDB_PORT: 'tcp:4000' }, envFile: false })).toThrow('TIDB_PORT (environment)')
  })
})

test.for([
  ['TIDB_PASSWORD=ab#cd', 'ab'],
  ['TIDB_PASSWORD=#cd', ''],
  ['export TIDB_PASSWORD = ab#cd # a comment', 'ab'],
  ['TIDB_PASSWORD="ab#cd', '"ab'],
] as const)('a value that # cuts is a warning without the value: %s', ([line, value]) => {
  file('.env', `OTHER=1\n${line}\n`)
  const { config, warnings } = loadConfig({ cwd, env: NONE })
  expect(config.password.reveal()).toBe(value)
  expect(warnings).toEqual(['TIDB_PASSWORD (.env, line 2) is cut at its #, where a comment begins: quote the value'])
})

test.for(['TIDB_PASSWORD="ab#cd"', "TIDB_PASSWORD='ab#cd'", 'TIDB_PASSWORD=ab # a comment', '#TIDB_PASSWORD=ab#cd'])(
  'nothing is cut of: %s',
  (line) => {
    file('.env', `${line}\n`)
    expect(loadConfig({ cwd, env: NONE }).warnings).toEqual([])
  },
)

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

test('only what is near is suggested', () => {
  const { warnings } = loadConfig({ env: { TIDB_POOL_SIZE: '5', TIDB_PATH: 'x' }, envFile: false })
  expect(warnings).toEqual([
    'TIDB_POOL_SIZE (environment) is not a setting',
    'TIDB_PATH (environment) is not a setting',
  ])
})

test('a port without a host is that of a server on this machine, unless one will be started', () => {
  const hostOf = (env: Record<string, string>) => loadConfig({ env, envFile: false }).config.host
  expect(hostOf({ TIDB_PORT: '4100' })).toBe('127.0.0.1')
  expect(hostOf({ TIDB_PORT: '4100', TIDB_PROVIDER: 'host' })).toBe('127.0.0.1')
  expect(hostOf({ TIDB_PORT: '4100', TIDB_HOST: 'db' })).toBe('db')
  expect(hostOf({ TIDB_PORT: '4100', TIDB_PROVIDER: 'binary' })).toBeUndefined()
  expect(hostOf({ TIDB_PORT: 'tcp://10.96.0.7:4000' })).toBeUndefined()
  expect(hostOf({ TIDB_USER: 'root' })).toBeUndefined()
})
