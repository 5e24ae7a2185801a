import { isIPv6 } from 'node:net'
import * as v from 'valibot'
import { parseLimits, SETTING_OF_LIMITS } from './check-limits.ts'

/** One setting: the variable it is read from, what it may hold, and what it is for. */
export interface Setting<Schema extends v.GenericSchema = v.GenericSchema> {
  readonly env: `TIDB_${string}`
  readonly schema: Schema
  /** What is allowed, in words; shown when a value is refused and in docs/configuration.md. */
  readonly allowed: string
  readonly about: string
  /** Never shown, and handed to workers through a file of this user only. */
  readonly secret?: true
  /** A path: taken from the folder of the project, whoever uses it. */
  readonly path?: true
  /** For the main process alone: workers get none of it. */
  readonly mainOnly?: true
  /** What others call it: taken as this setting, with a line that says so. */
  readonly aliases?: readonly `TIDB_${string}`[]
}

type Traits = Pick<Setting, 'secret' | 'path' | 'mainOnly' | 'aliases'>

const text = v.pipe(v.string(), v.trim(), v.nonEmpty())
const flag = v.union([
  v.boolean(),
  v.pipe(
    v.string(),
    v.toLowerCase(),
    v.picklist(['1', 'true', 'yes', 'on', '0', 'false', 'no', 'off']),
    v.transform((word) => ['1', 'true', 'yes', 'on'].includes(word)),
  ),
])
// An IPv6 address may stand in brackets, as it does in a URL.
const host = v.pipe(
  text,
  v.transform((given) => given.replace(/^\[([\da-f:.%]+)\]$/i, '$1')),
  v.check((given) => isIPv6(given) || !/[:/@[\]\s]/.test(given)),
)
const HOST = 'a host name or address, without a port; a URL goes into TIDB_URL'
const FLAG = 'true or false (also 1/0, yes/no, on/off)'

function whole(min: number, max: number) {
  const digits = v.pipe(v.string(), v.trim(), v.regex(/^\d+$/), v.transform(Number))
  return v.pipe(v.union([v.number(), digits]), v.integer(), v.minValue(min), v.maxValue(max))
}

const DAY_MS = 86_400_000
const timeout = whole(1, DAY_MS)
const TIMEOUT = 'a whole number of ms, 1 to 86400000'

const words = v.union([
  v.array(v.string()),
  v.pipe(
    v.string(),
    v.transform((line) => line.split(/\s+/).filter(Boolean)),
  ),
])

const limits = v.record(v.string(), v.record(v.string(), v.unknown()))
const checkLimits = v.union([
  limits,
  v.pipe(
    v.string(),
    v.transform((line) => parseLimits(line.split(/\s+/).filter(Boolean))),
    limits,
  ),
])

const release = v.pipe(v.string(), v.trim(), v.regex(/^v\d+\.\d+\.\d+/))

const baseline = v.union([
  v.strictObject({ release }),
  v.strictObject({ mysql: v.pipe(text, v.regex(/^[\w.-]+$/)) }),
  v.pipe(
    release,
    v.transform((given) => ({ release: given })),
  ),
  v.pipe(
    v.string(),
    v.trim(),
    v.regex(/^mysql:[\w.-]+$/),
    v.transform((image) => ({ mysql: image.slice('mysql:'.length) })),
  ),
])

/** How many nodes a cluster may have that is started here. */
export const MOST_NODES = 16

function setting<Schema extends v.GenericSchema>(
  env: `TIDB_${string}`,
  schema: Schema,
  allowed: string,
  about: string,
  traits: Traits = {},
): Setting<Schema> {
  return { env, schema, allowed, about, ...traits }
}

/** Every setting there is. docs/configuration.md is checked against this table. */
export const settings = {
  provider: setting(
    'TIDB_PROVIDER',
    v.picklist(['auto', 'host', 'container', 'binary', 'cluster']),
    'auto, host, container, binary or cluster',
    'Where a TiDB comes from. `auto` takes the host if one is configured, else a container, else a local tidb-server. `cluster` starts several, with a PD and a storage node.',
  ),
  url: setting(
    'TIDB_URL',
    text,
    'mysql://user:password@host:port/database or tidb://…, with ?tls=true for TLS',
    'The whole address in one. The single settings below override its parts.',
    { secret: true, aliases: ['TIDB_DATABASE_URL'] },
  ),
  host: setting('TIDB_HOST', host, HOST, 'The server to test. Without it, one is started.'),
  port: setting(
    'TIDB_PORT',
    whole(1, 65_535),
    'a port number, 1 to 65535',
    'Port of the SQL protocol. Without TIDB_HOST, that of a server on this machine.',
  ),
  statusPort: setting(
    'TIDB_STATUS_PORT',
    whole(1, 65_535),
    'a port number, 1 to 65535',
    'Port of the HTTP status API of the configured host, for checks that need it.',
  ),
  user: setting('TIDB_USER', text, 'a user name', 'The user who connects.', { aliases: ['TIDB_USERNAME'] }),
  password: setting('TIDB_PASSWORD', v.string(), 'text', 'The password of that user.', { secret: true }),
  passwordFile: setting('TIDB_PASSWORD_FILE', text, 'a path', 'A file whose first line is the password.', {
    path: true,
  }),
  passwordPrompt: setting('TIDB_PASSWORD_PROMPT', flag, FLAG, 'Ask for the password without echo. Needs a terminal.', {
    mainOnly: true,
  }),
  database: setting(
    'TIDB_DATABASE',
    text,
    'the name of a database that exists',
    'The database that VerifyingDatabase verifies; created if the server is started for the run. Tests have their own.',
    { aliases: ['TIDB_DB_NAME'] },
  ),
  databasePerTest: setting(
    'TIDB_DATABASE_PER_TEST',
    flag,
    FLAG,
    'Give each test an empty database of its own. `false` for users without CREATE and DROP: tests then use TIDB_DATABASE.',
  ),
  databaseStock: setting(
    'TIDB_DATABASE_STOCK',
    whole(1, 1000),
    'a whole number, 1 to 1000',
    'How many empty databases are kept ready. Without it, four for each worker.',
    { mainOnly: true },
  ),
  tls: setting('TIDB_TLS', flag, FLAG, 'Require TLS and verify the certificate of the server.', {
    aliases: ['TIDB_ENABLE_SSL'],
  }),
  tlsCa: setting('TIDB_TLS_CA', text, 'the path of a PEM file', 'The authority that signed the server; turns TLS on.', {
    path: true,
    aliases: ['TIDB_CA_PATH'],
  }),
  tlsCert: setting('TIDB_TLS_CERT', text, 'the path of a PEM file', 'Client certificate; turns TLS on.', {
    path: true,
  }),
  tlsKey: setting('TIDB_TLS_KEY', text, 'the path of a PEM file', 'Key of the client certificate.', { path: true }),
  image: setting(
    'TIDB_IMAGE',
    text,
    'the name of a Docker image',
    'Image for the container. Without it, pingcap/tidb of TIDB_VERSION.',
  ),
  version: setting(
    'TIDB_VERSION',
    release,
    'a release such as v8.5.6',
    'Which release to start if no host is configured; by default v8.5.6. Local builds: v8.5.6 and v8.5.4.',
  ),
  clusterNodes: setting(
    'TIDB_CLUSTER_NODES',
    whole(1, MOST_NODES),
    `a whole number, 1 to ${MOST_NODES}`,
    'How many tidb-servers a cluster has that is started here. Each takes some 300 MB of memory.',
  ),
  clusterProvider: setting(
    'TIDB_CLUSTER_PROVIDER',
    v.picklist(['binary', 'container']),
    'binary or container',
    'What a cluster that is started here is made of: processes of this machine, or containers of the images pingcap/pd, pingcap/tikv and pingcap/tidb.',
  ),
  serverBin: setting(
    'TIDB_SERVER_BIN',
    text,
    'the path of a tidb-server binary',
    'The tidb-server to start, instead of one from PATH, tiup or the cache.',
    { path: true },
  ),
  serverArgs: setting(
    'TIDB_SERVER_ARGS',
    words,
    'options separated by spaces',
    'More options for the tidb-server that is started.',
    { mainOnly: true },
  ),
  serverConfig: setting(
    'TIDB_SERVER_CONFIG',
    text,
    'the path of a TOML file',
    'Configuration file for the tidb-server that is started.',
    { path: true, mainOnly: true },
  ),
  cacheDir: setting(
    'TIDB_CACHE_DIR',
    text,
    'the path of a folder',
    'Where built servers are kept. Without it, the cache folder of the platform.',
    { path: true },
  ),
  importMonitorSeconds: setting(
    'TIDB_IMPORT_MONITOR_SECONDS',
    whole(0, 86_400),
    'a whole number of seconds, 0 to 86400',
    'How long ShowingImportJobDetails watches active import jobs. 0 polls once.',
  ),
  importPollIntervalMs: setting(
    'TIDB_IMPORT_POLL_INTERVAL_MS',
    whole(10, 3_600_000),
    'a whole number of ms, 10 to 3600000',
    'How often a watched import job is polled.',
  ),
  importStallSeconds: setting(
    'TIDB_IMPORT_STALL_SECONDS',
    whole(1, 86_400),
    'a whole number of seconds, 1 to 86400',
    'After how long without progress an import job counts as stalled.',
  ),
  importHistoryDir: setting(
    'TIDB_IMPORT_HISTORY_DIR',
    text,
    'the path of a folder',
    'Where the outcome of each watched import job is appended, as JSON lines. Keep the folder between runs.',
    { path: true },
  ),
  importHistoryUrl: setting(
    'TIDB_IMPORT_HISTORY_URL',
    text,
    'mysql://user:password@host:port/database or tidb://…, with ?tls=true for TLS',
    'A TiDB that keeps the history in a table `import_history` of that database, instead of a folder.',
    { secret: true },
  ),
  importHistoryRuns: setting(
    'TIDB_IMPORT_HISTORY_RUNS',
    whole(1, 10_000),
    'a whole number, 1 to 10000',
    'How many of the last runs a job is compared with.',
  ),
  importHistoryMinRuns: setting(
    'TIDB_IMPORT_HISTORY_MIN_RUNS',
    whole(2, 10_000),
    'a whole number, 2 to 10000',
    'How many runs there must be before a slow one fails a test.',
  ),
  importReportDir: setting(
    'TIDB_IMPORT_REPORT_DIR',
    text,
    'the path of a folder',
    'Where the report of watched import jobs is written: `index.html` and `import-jobs.json`.',
    { path: true, mainOnly: true },
  ),
  connectTimeoutMs: setting('TIDB_CONNECT_TIMEOUT_MS', timeout, TIMEOUT, 'Deadline of one dial, greeting included.'),
  stateTimeoutMs: setting(
    'TIDB_STATE_TIMEOUT_MS',
    timeout,
    TIMEOUT,
    'Deadline of one state, retries included, and of one statement that vitest-tidb sends itself.',
  ),
  waitTimeoutMs: setting(
    'TIDB_WAIT_TIMEOUT_MS',
    timeout,
    TIMEOUT,
    "Deadline of a barrier, signal, turn, message or matcher that waits. Below vitest's own 5 s for a test, so that its error is the one you see.",
  ),
  startTimeoutMs: setting(
    'TIDB_START_TIMEOUT_MS',
    timeout,
    TIMEOUT,
    'Deadline for a server to answer after its start.',
  ),
  pullTimeoutMs: setting('TIDB_PULL_TIMEOUT_MS', timeout, TIMEOUT, 'Deadline for pulling the image.'),
  buildTimeoutMs: setting(
    'TIDB_BUILD_TIMEOUT_MS',
    timeout,
    TIMEOUT,
    'Deadline for building tidb-server, and for waiting for another process that builds it.',
    { mainOnly: true },
  ),
  retries: setting(
    'TIDB_RETRIES',
    whole(0, 100),
    'a whole number, 0 to 100',
    'How often a transient failure is retried, with exponential back-off and jitter.',
  ),
  reuse: setting(
    'TIDB_REUSE',
    text,
    'the name of a server',
    'Use a server or cluster that `vitest-tidb server start` or `cluster start` keeps, as if it were the configured host.',
    { mainOnly: true },
  ),
  showSql: setting(
    'TIDB_SHOW_SQL',
    v.union([flag, v.pipe(v.string(), v.toLowerCase(), v.literal('masked'))]),
    'true, false or masked',
    'Print each statement with session, server, time and rows or error, and the slowest at the end. `masked`: without its texts and numbers. Passwords are never shown.',
  ),
  strict: setting(
    'TIDB_STRICT',
    flag,
    FLAG,
    'Fail tests that would be skipped because the server or the machine does not have what they need.',
  ),
  checkLimits: setting(
    SETTING_OF_LIMITS,
    checkLimits,
    'check.limit=value, with spaces between them; in the options of the plugin, an object of objects',
    'Limits of checks, in the place of their standard ones.',
  ),
  concurrency: setting(
    'TIDB_CONCURRENCY',
    whole(1, 100_000),
    'a whole number, 1 to 100000',
    'How many sessions of a tidbPool work at once.',
  ),
  baseline: setting(
    'TIDB_BASELINE',
    baseline,
    'a release such as v8.5.4, or mysql:8.4; in the options of the plugin, { release } or { mysql }',
    'The server that the run is compared with, started beside its own: a release of TiDB, or MySQL in a container.',
    { mainOnly: true },
  ),
  baselineUrl: setting(
    'TIDB_BASELINE_URL',
    text,
    'mysql://user:password@host:port',
    'The server that the run is compared with, if it is there already: TiDB, MySQL or MariaDB.',
    { secret: true },
  ),
} satisfies Record<string, Setting>

type Table = typeof settings
export type SettingName = keyof Table

/** Settings as a user writes them, in plugin options or on the command line. All are optional. */
export type Settings = { readonly [Name in SettingName]?: v.InferInput<Table[Name]['schema']> | undefined }

/** Settings after validation. */
export type ParsedSettings = { readonly [Name in SettingName]?: v.InferOutput<Table[Name]['schema']> }

export const defaults = {
  provider: 'auto',
  port: 4000,
  user: 'root',
  passwordPrompt: false,
  databasePerTest: true,
  tls: false,
  clusterNodes: 2,
  clusterProvider: 'binary',
  serverArgs: [] as string[],
  importMonitorSeconds: 0,
  importPollIntervalMs: 1_000,
  importStallSeconds: 300,
  importHistoryRuns: 20,
  importHistoryMinRuns: 5,
  importReportDir: '.vitest/tidb-import-jobs',
  // Less than the 5 s that vitest gives a test: the dial says what it waited for, and vitest does not.
  connectTimeoutMs: 4_000,
  stateTimeoutMs: 10_000,
  waitTimeoutMs: 4_000,
  startTimeoutMs: 60_000,
  pullTimeoutMs: 60_000,
  buildTimeoutMs: 1_800_000,
  retries: 3,
  showSql: false,
  strict: false,
  concurrency: 100,
} satisfies ParsedSettings

export const settingNames = Object.keys(settings) as SettingName[]
