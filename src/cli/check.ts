import { formatDuration } from '../number-format.ts'
import { performance } from '../clock.ts'
import { loadConfig, NONE, type Config, type ConfigSources } from '../config/config.ts'
import { askPassword } from '../config/password.ts'
import type { Settings } from '../config/settings.ts'
import { toMs } from '../duration.ts'
import { ConfigError, StateError } from '../errors.ts'
import { hostPort } from '../host-port.ts'
import type { StateTransition } from '../transition.ts'
import { fitToPrint } from '../redact.ts'
import { workflow } from '../workflow/default-workflow.ts'
import { StateMachine } from '../workflow/state-machine.ts'

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
}

/**
 * Takes one connection through the workflow, printing each state as it is reached.
 *
 * @returns true if every state passed.
 * @throws {ConfigError} if an option can't be used: that is bad usage, not a failed state.
 */
export async function check(options: CheckOptions, signal: AbortSignal): Promise<boolean> {
  const sources: ConfigSources = { options: { host: '127.0.0.1' }, commandLine: fromCommandLine(options) }
  // What is wrong with the command line itself is told before any state begins.
  loadConfig({ commandLine: sources.commandLine ?? {}, env: NONE, envFile: false })
  const { json = false } = options
  const print = (line: string) => {
    if (!json) process.stdout.write(`${fitToPrint(line)}\n`)
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
    const place = machine.connection?.host
    print(
      `TiDB ${version} at ${place}: ${machine.history.length} states passed in ${formatDuration(performance.now() - started)}`,
    )
    const { jobs, active } = await machine.reach('CheckingImportJobs')
    const details = await machine.reach('ShowingImportJobDetails')
    if (json) {
      const watched = new Map(details.jobs.map((job) => [job.id, job]))
      const importJobs = jobs.map((job) => (watched.get(job.id) ?? job).columns)
      printJson({
        ok: true,
        host: place,
        version,
        edition,
        commit,
        store,
        activeImportJobs: active.length,
        importJobs,
        history: machine.history,
      })
    }
    return true
  } catch (error) {
    if (!(error instanceof StateError)) throw error
    if (json) {
      const { state, host, code, message, answer, hints, history } = error
      printJson({ ok: false, host, state, error: { code, message, server: answer, hints }, history })
    } else process.stderr.write(`${error.message}\n`)
    return false
  } finally {
    await machine.close()
  }
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

/** Says what there is to say of the settings; with the password that was asked for, if one was to be. */
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

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}
