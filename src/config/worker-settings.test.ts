import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig, NONE } from './config.ts'
import { settings, type Setting, type SettingName, type Settings } from './settings.ts'
import { workerSettings } from './worker-settings.ts'

/** A value of each setting that is not its default. A new setting belongs here. */
const given: Required<Settings> = {
  provider: 'binary',
  url: 'mysql://nobody:hunter2@url.example',
  host: 'db.example',
  port: 4001,
  statusPort: 10_081,
  user: 'me',
  password: 'hunter2',
  passwordFile: 'password',
  passwordPrompt: true,
  database: 'shop',
  databasePerTest: false,
  databaseStock: 7,
  tls: true,
  tlsCa: 'ca.pem',
  tlsCert: 'cert.pem',
  tlsKey: 'key.pem',
  image: 'tidb:own',
  version: 'v8.5.4',
  showSql: 'masked',
  clusterNodes: 3,
  clusterProvider: 'container',
  serverBin: 'tidb-server',
  serverArgs: ['-L', 'warn'],
  serverConfig: 'tidb.toml',
  cacheDir: 'cache',
  strict: true,
  checkLimits: { 'stores-have-room': { free: 0.5 } },
  reuse: 'mine',
  importMonitorSeconds: 1,
  importPollIntervalMs: 20,
  importStallSeconds: 2,
  importHistoryDir: 'history',
  importHistoryUrl: 'mysql://me:hunter2@history.example/h',
  importHistoryRuns: 3,
  importHistoryMinRuns: 4,
  importReportDir: 'report',
  connectTimeoutMs: 101,
  stateTimeoutMs: 102,
  waitTimeoutMs: 103,
  startTimeoutMs: 104,
  pullTimeoutMs: 105,
  buildTimeoutMs: 106,
  retries: 1,
  concurrency: 2,
  baseline: { release: 'v8.5.4' },
  baselineUrl: 'mysql://me:hunter2@other.example',
}

/** Not for workers, and why. A new setting that is none of these reaches them. */
const WITHHELD: Record<string, readonly SettingName[]> = {
  secret: ['url', 'password', 'importHistoryUrl', 'baselineUrl'],
  'the server of the run has its own': ['provider', 'host', 'port', 'statusPort', 'user', 'passwordFile'],
  'the main process uses it': [
    'passwordPrompt',
    'databaseStock',
    'serverArgs',
    'serverConfig',
    'buildTimeoutMs',
    'importReportDir',
    'reuse',
    'baseline',
  ],
}

test('every setting reaches the workers, or is withheld for a reason', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vitest-tidb-worker-settings-'))
  try {
    for (const name of ['ca.pem', 'cert.pem', 'key.pem', 'password']) writeFileSync(join(folder, name), 'hunter2')
    const { config } = loadConfig({ cwd: folder, options: given, env: NONE, envFile: false })
    const names = Object.keys(settings) as SettingName[]
    const reaching = names.filter((name) => !Object.values(WITHHELD).flat().includes(name))
    const expected = reaching.map((name) => {
      const { path } = settings[name] as Setting
      return [name, path ? join(folder, given[name] as string) : given[name]]
    })
    const provided = workerSettings(config)
    expect(provided).toEqual(Object.fromEntries(expected))
    expect(JSON.stringify(provided)).not.toContain('hunter2')
    // They come through to a worker, which reads them from another folder.
    const there = loadConfig({ cwd: '/', options: provided, env: NONE, envFile: false }).config
    expect(workerSettings(there)).toEqual(provided)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
