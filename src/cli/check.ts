import { delay, performance, wallTime } from '../clock.ts'
import { formatDuration, formatQuantity } from '../number-format.ts'
import type { AnyCheck } from '../checks/check.ts'
import { checks } from '../checks/catalogue.ts'
import { configureLimits, demandConfigurable } from '../checks/configured-limits.ts'
import { chooseChecks, runChecks, type CheckReport, type RunChecksOptions } from '../checks/run-checks.ts'
import type { Address } from '../connection/connection.ts'
import { loadConfig, NONE, type Config, type ConfigSources } from '../config/config.ts'
import { askPassword } from '../config/password.ts'
import type { Settings } from '../config/settings.ts'
import { deadlineMs, toMs } from '../duration.ts'
import { aborted, ConfigError, StateError } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import type { StateTransition } from '../transition.ts'
import { fitToPrint } from '../redact.ts'
import { workflow } from '../workflow/default-workflow.ts'
import { StateMachine } from '../workflow/state-machine.ts'
import { Undo } from '../undo.ts'
import { checkOptions } from './check-options.ts'
import { wantedReport, writeCheckReport } from './check-report.ts'
import { checkText, listText } from './check-text.ts'
import { changeText, changes } from './check-watch.ts'
import { resultsOf, UNCHECKED } from './outcomes.ts'
import { printJson, printJsonLine, printLine } from './print.ts'
import { RedialingSession } from './redialing-session.ts'

/** The options of `vitest-tidb check`, as the command line has them: text, validated with all other settings. */
export interface CheckOptions {
  readonly host?: string
  readonly port?: string
  readonly user?: string
  readonly database?: string
  readonly tls?: boolean
  readonly tlsCa?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly passwordPrompt?: boolean
  readonly monitor?: string
  readonly timeout?: string
  readonly retries?: string
  readonly json?: boolean
  readonly only?: string
  readonly skip?: string
  readonly limit?: readonly string[]
  readonly severity?: string
  readonly expected?: string
  readonly list?: boolean
  readonly showSql?: boolean
  readonly report?: readonly string[]
  /** `true` without a time. */
  readonly watch?: string | true
}

/** Exit status of the command. */
export const STATUS = { healthy: 0, findings: 1, unchecked: 2 } as const

/** So many checks at once, each over a connection of its own. */
const AT_ONCE = 3

/**
 * Takes one connection through the workflow, printing each state as it is reached, and then runs the checks.
 *
 * @returns the exit status: 0 healthy, 1 a state failed or something was found, 2 something could not be checked.
 * @throws {ConfigError} if an option can't be used: that is bad usage. {AbortedError} if it was interrupted.
 */
export async function check(options: CheckOptions, signal: AbortSignal): Promise<number> {
  const { json = false } = options
  const print = (line: string) => {
    if (!json) printLine(line)
  }
  const sources: ConfigSources = { options: { host: '127.0.0.1' }, commandLine: fromCommandLine(options) }
  // What is wrong with the command line itself is reported before any state begins.
  loadConfig({ commandLine: sources.commandLine ?? {}, env: NONE, envFile: false })
  const wanted = checkOptions(options)
  const chosen = chooseChecks(checks, wanted)
  const reports = (options.report ?? []).map(wantedReport)
  const everyMs = watchMs(options)
  if (options.list === true) {
    if (json) printJson(chosen.map(listed))
    else for (const line of listText(chosen)) print(line)
    return STATUS.healthy
  }
  let last = ''
  const machine = new StateMachine(workflow, await configured(sources, options.passwordPrompt ?? false, signal), {
    name: 'check',
    signal,
    onTransition: (transition) => print(formatRow(transition)),
    onProgress: (_state, line) => {
      // A job that has not moved since the last poll is not news.
      if (line !== last) print(`    ${line}`)
      last = line
    },
  })
  const started = performance.now()
  try {
    await machine.run()
    const { version, edition, commit, store } = await machine.reach('GettingVersion')
    const { connection } = machine
    const host = connection?.host ?? ''
    print(
      `TiDB ${version} at ${host}: ${machine.history.length} states passed in ${formatDuration(performance.now() - started)}`,
    )
    const { jobs, active } = await machine.reach('CheckingImportJobs')
    const details = await machine.reach('ShowingImportJobDetails')
    const report = await checked(connection?.address, { ...wanted, signal, onStatement: shown(options, print) })
    if (report !== undefined) {
      for (const line of checkText(report)) print(line)
      const facts = { host, version: String(version), at: new Date(wallTime()) }
      for (const wantedOne of reports) await writeCheckReport(wantedOne, report, facts)
      if (everyMs !== undefined) {
        const again = () => checked(connection?.address, { ...wanted, signal, onStatement: shown(options, print) })
        const tell = (before: CheckReport | undefined, now: CheckReport) => {
          if (json)
            printJsonLine({ ok: statusOf(now) === STATUS.healthy, ...facts, ...changes(before, now), checks: now })
          else if (before !== undefined) for (const line of changeText(before, now)) print(line)
        }
        await watch(report, again, { everyMs, signal, tell })
      }
    }
    const status = statusOf(report)
    if (json) {
      const watched = new Map(details.jobs.map((job) => [job.id, job]))
      const importJobs = jobs.map((job) => (watched.get(job.id) ?? job).columns)
      printJson({
        ok: status === STATUS.healthy,
        host,
        version,
        edition,
        commit,
        store,
        activeImportJobs: active.length,
        importJobs,
        checks: report,
        history: machine.history,
      })
    }
    return status
  } catch (error) {
    if (!(error instanceof StateError) || signal.aborted) throw error
    if (json) {
      const { state, host, code, message, answer, hints, history } = error
      const failed = { ok: false, host, state, error: { code, message, server: answer, hints }, history }
      if (everyMs === undefined) printJson(failed)
      else printJsonLine(failed)
    } else process.stderr.write(`${error.message}\n`)
    return STATUS.findings
  } finally {
    await machine.close()
  }
}

/** Runs the checks; undefined if none is left of them. */
async function checked(address: Address | undefined, options: RunChecksOptions): Promise<CheckReport | undefined> {
  if (address === undefined || chooseChecks(checks, options).length === 0) return undefined
  await using opened = new Undo()
  const open = (name: string) => {
    const session = new RedialingSession(address, name)
    opened.defer(() => session[Symbol.asyncDispose]())
    return session
  }
  const [first, ...others] = Array.from({ length: AT_ONCE }, (_, at) => open(`checks ${at + 1}`))
  // Awaited here: the connections are closed at the end of this.
  return first && (await runChecks([first, ...others], checks, options))
}

/** The shortest time between two rounds. */
const SHORTEST_MS = 1_000

/** How often the checks are run again, in ms; undefined if only once. @throws {ConfigError} if nobody could use what came of it. */
function watchMs({ watch: every, report, list }: CheckOptions): number | undefined {
  if (every === undefined) return undefined
  const other = report !== undefined ? '--report' : list === true ? '--list' : undefined
  if (other !== undefined) {
    throw new ConfigError(['--watch'], `--watch and ${other} do not go together`, {
      hints: [`leave one of them out: ${other} is of one round, and watching has no end`],
    })
  }
  const everyMs = deadlineMs(every === true ? '30s' : every, '--watch')
  if (everyMs >= SHORTEST_MS) return everyMs
  throw new ConfigError(['--watch'], '--watch is shorter than 1s', { hints: ['give a time such as 30s'] })
}

interface Watch {
  readonly everyMs: number
  readonly signal: AbortSignal
  /** Says what came of a round, beside the one before it. */
  readonly tell: (before: CheckReport | undefined, now: CheckReport) => void
}

/** Runs the checks again and again, and tells of each round, until it is interrupted. @throws {AbortedError} then. */
async function watch(
  first: CheckReport,
  again: () => Promise<CheckReport | undefined>,
  { everyMs, signal, tell }: Watch,
): Promise<void> {
  tell(undefined, first)
  for (let before: CheckReport | undefined = first; before !== undefined;) {
    await delay(everyMs, undefined, { signal }).catch(() => {
      throw aborted('watching the checks', signal)
    })
    const now: CheckReport | undefined = await again()
    if (now !== undefined) tell(before, now)
    before = now
  }
}

function statusOf(report: CheckReport | undefined): number {
  if (report === undefined) return STATUS.healthy
  // Nobody knows what would have been found.
  if (resultsOf(report, ...UNCHECKED).length > 0) return STATUS.unchecked
  return report.findings.length > 0 ? STATUS.findings : STATUS.healthy
}

function shown({ showSql = false }: CheckOptions, print: (line: string) => void): RunChecksOptions['onStatement'] {
  if (!showSql) return undefined
  return ({ check, ms, sql, rows, error }) =>
    print(`  ${check} ${formatDuration(ms)} ${error === undefined ? formatQuantity(rows ?? 0, 'row') : error}: ${sql}`)
}

function listed({ name, title, severity, limits, source, docs }: AnyCheck) {
  const standards = Object.entries(limits).map(([limit, { kind, standard, what }]) => [limit, { kind, standard, what }])
  return { name, title, severity, limits: Object.fromEntries(standards) as object, source, docs }
}

function fromCommandLine(options: CheckOptions): Settings {
  const { host, port, user, database, tls, tlsCa, tlsCert, tlsKey, retries, monitor, timeout } = options
  const given: Record<string, unknown> = { host, port, user, database, tls, tlsCa, tlsCert, tlsKey, retries }
  if (monitor !== undefined) given.importMonitorSeconds = Math.ceil(toMs(monitor, '--monitor') / 1_000)
  if (timeout !== undefined) {
    given.stateTimeoutMs = toMs(timeout, '--timeout')
    given.connectTimeoutMs = given.stateTimeoutMs
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Settings
}

/** Says what there is to say of the settings; with the password, if one was asked for. */
async function configured(sources: ConfigSources, prompt: boolean, signal: AbortSignal): Promise<ConfigSources> {
  let config: Config
  try {
    const loaded = loadConfig(sources)
    config = loaded.config
    // Before anything fails because of them.
    for (const warning of loaded.warnings) process.stderr.write(`warning: ${fitToPrint(warning)}\n`)
  } catch (error) {
    // ParsingConfig fails with the same error, as a state.
    if (error instanceof ConfigError) return sources
    throw error
  }
  await demandConfigurable(config.checkLimits)
  configureLimits(config.checkLimits)
  // Without a host, ParsingConfig fails: there is nobody to have a password.
  if (config.host === undefined || (!prompt && !config.passwordPrompt)) return sources
  return {
    base: { ...config, password: await askPassword(config.user, hostPort(config.host, config.port), signal) },
    env: NONE,
    envFile: false,
  }
}

function formatRow({ state, outcome, durationMs, attempts, finding }: StateTransition): string {
  const mark = outcome === 'completed' ? '✓' : '✗'
  const time = formatDuration(durationMs).padStart(10)
  const tries = attempts > 1 ? ` (${attempts} attempts)` : ''
  return `${mark} ${state.padEnd(23)} ${time}  ${finding ?? ''}${tries}`.trimEnd()
}
