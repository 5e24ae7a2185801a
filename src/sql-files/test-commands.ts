import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { promisify } from 'node:util'
import { delay } from '../clock.ts'
import { answerOf } from '../connection/error-codes.ts'
import { childEnv } from '../server/child-env.ts'
import { isError } from './expected-error.ts'
import { parseReplaceRegex } from './replace-regex.ts'
import { toBytes, toLetters, type Writing } from './result-text.ts'
import type { Stage } from './script.ts'
import { demandAllowed, SqlFileError } from './sql-file-error.ts'
import { columnsOf, dialOf, errorsOf, pairsOf } from './test-arguments.ts'
import type { CommandName, Step } from './test-command.ts'
import type { TestConnections } from './test-connections.ts'
import type { Printing } from './test-printing.ts'
import type { TestVariables } from './test-variables.ts'

/** A file on its way, as its commands see it. */
export interface Running {
  readonly stage: Stage
  readonly connections: TestConnections
  readonly printing: Printing
  readonly variables: TestVariables
  /** Sends a statement that the result has as `text`, and compares what it prints. */
  statement(step: Step, sql: string, text: string, writing?: Partial<Writing>): Promise<void>
  /** Sends a statement, or the next one if there is none, and reads no answer. */
  send(step: Step, sql: string): Promise<void>
  reap(step: Step): Promise<void>
  /** Compares what is no result of a statement. */
  compare(step: Step, text: string): void
  /** Keeps the statements from here on. @throws if so many can't be sent at once. */
  beginConcurrent(size: number): void
  endConcurrent(step: Step): Promise<void>
  /** Carries out nothing more. */
  stop(reason: string): void
}

type Handler = (running: Running, argument: string, step: Step) => void | Promise<void>

type Switch = 'queryLog' | 'resultLog' | 'warnings' | 'info' | 'abortOnError' | 'vertical'

const turn =
  (name: Switch, to: boolean): Handler =>
  ({ printing }) => {
    printing[name] = to
  }

const next =
  (writing: (argument: string, step: Step) => Partial<Writing>): Handler =>
  ({ printing }, argument, step) => {
    Object.assign(printing.next, writing(argument, step))
  }

const query =
  (writing?: Partial<Writing>): Handler =>
  (running, argument, step) =>
    running.statement(step, argument, `${argument};`, writing)

const sleep: Handler = async ({ stage: { statementTimeoutMs, signal }, variables }, argument, step) => {
  const ms = Number(variables.expanded(argument)) * 1_000
  if (!(ms >= 0 && ms <= statementTimeoutMs)) {
    throw new SqlFileError(step, `sleep needs seconds, at most ${statementTimeoutMs / 1_000}, and not ${argument}`)
  }
  await delay(ms, undefined, { signal })
}

const count =
  (by: number): Handler =>
  ({ variables }, argument, step) => {
    const [, name = ''] = /^\$?(\w+)$/.exec(argument) ?? []
    try {
      variables.add(name, by)
    } catch (cause) {
      throw new SqlFileError(step, (cause as Error).message, { cause })
    }
  }

const drop =
  (dirty: boolean): Handler =>
  ({ connections }, argument, step) =>
    connections.drop(argument, step, dirty)

/** What each command does. */
export const handlers: Readonly<Record<CommandName, Handler>> = {
  enable_query_log: turn('queryLog', true),
  disable_query_log: turn('queryLog', false),
  enable_result_log: turn('resultLog', true),
  disable_result_log: turn('resultLog', false),
  enable_warnings: turn('warnings', true),
  disable_warnings: turn('warnings', false),
  enable_info: turn('info', true),
  disable_info: turn('info', false),
  enable_abort_on_error: turn('abortOnError', true),
  disable_abort_on_error: turn('abortOnError', false),
  vertical_results: turn('vertical', true),
  horizontal_results: turn('vertical', false),

  sorted_result: next(() => ({ sorted: true })),
  lowercase_result: next(() => ({ lowercase: true })),
  replace_column: next((argument, step) => ({ columns: columnsOf(argument, step) })),
  replace_result: next((argument, step) => ({
    texts: pairsOf(argument, step, 'replace_result needs texts in pairs: replace_result from to'),
  })),
  replace_regex: next((argument, step) => {
    try {
      return { regexes: parseReplaceRegex(argument) }
    } catch (cause) {
      throw new SqlFileError(step, `replace_regex can't be used: ${(cause as Error).message}: ${argument}`, { cause })
    }
  }),
  error({ printing }, argument, step) {
    printing.errors = errorsOf(argument, step)
  },
  echo({ printing, variables }, argument) {
    printing.print(`${toBytes(variables.echoed(argument))}\n`)
  },

  async connect({ connections, printing, variables }, argument, step) {
    const { name, user, password, database } = dialOf(argument, step, (text) => variables.expanded(text))
    const errors = printing.takenErrors()
    try {
      await connections.open(name, { user, password, database })
    } catch (cause) {
      const { errno = 0, code } = answerOf(cause)
      if (errors.some((each) => isError(each, { errno, code }))) return
      const wanted = errors.length === 0 ? '' : `; expected ${errors.join(' or ')}`
      throw new SqlFileError(step, `connection ${name} as ${user} was refused${wanted}`, {
        answer: answerOf(cause),
        cause,
      })
    }
    if (errors.length === 0 || errors.includes('0')) return
    throw new SqlFileError(step, `connection ${name} was made; expected ${errors.join(' or ')}`)
  },
  connection: ({ connections }, argument, step) => connections.use(argument, step),
  disconnect: drop(false),
  dirty_close: drop(true),
  reset_connection: ({ connections }) => connections.reset(),
  async ping({ connections, printing }, _, step) {
    await connections.ask('select 1', step, printing.errors)
  },

  async let(running, argument, step) {
    const [, name = '', value = ''] = /^\$?(\w+)\s*=\s*([^]*)$/.exec(argument) ?? []
    if (name === '') throw new SqlFileError(step, 'let needs a name and a value, such as: let $n = 1')
    running.variables.set(name, await valueOf(running, value.trim(), step))
  },
  inc: count(1),
  dec: count(-1),

  query: query(),
  query_vertical: query({ vertical: true }),
  query_horizontal: query({ vertical: false }),
  eval(running, argument, step) {
    const sql = running.variables.expanded(argument)
    return running.statement(step, sql, `${sql};`)
  },
  send: (running, argument, step) => running.send(step, argument),
  send_eval: (running, argument, step) => running.send(step, running.variables.expanded(argument)),
  reap: (running, _, step) => running.reap(step),
  begin_concurrent(running, argument, step) {
    const size = argument === '' ? 8 : Number(argument)
    if (!Number.isInteger(size) || size < 1)
      throw new SqlFileError(step, `begin_concurrent needs a number, and not ${argument}`)
    running.beginConcurrent(size)
  },
  end_concurrent: (running, _, step) => running.endConcurrent(step),

  sleep,
  real_sleep: sleep,
  async exec(running, argument, step) {
    const { allowExec, statementTimeoutMs: timeout, signal, file } = running.stage
    demandAllowed(allowExec, step, 'exec runs a program on this machine')
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', running.variables.expanded(argument)], {
      ...{ cwd: dirname(file), env: childEnv('command'), timeout, signal },
      encoding: 'latin1',
    })
    running.compare(step, running.printing.resultLog ? stdout : '')
  },
  remove_file({ stage: { allowExec, file }, variables }, argument, step) {
    demandAllowed(allowExec, step, 'remove_file removes a file of this machine')
    rmSync(resolve(dirname(file), variables.expanded(argument)), { force: false })
  },
  character_set(_, argument, step) {
    if (!/^utf-?8/i.test(argument)) throw new SqlFileError(step, `files are read as UTF-8, and not as ${argument}`)
  },
  skip: (running, argument) => running.stop(argument || 'the file skips the rest'),
  exit: (running) => running.stop('the file ends before'),
  die({ variables }, argument, step) {
    throw new SqlFileError(step, `the file dies here: ${variables.expanded(argument)}`)
  },
}

/** A text with its variables, or the first row that a statement in backticks returns. */
export async function valueOf(
  { connections, variables }: Pick<Running, 'connections' | 'variables'>,
  text: string,
  step: Step,
): Promise<string> {
  const [, sql] = /^`([^]*)`$/.exec(text) ?? []
  if (sql === undefined) return variables.expanded(text)
  const { results, refusal } = await connections.ask(variables.expanded(sql), step)
  if (refusal !== undefined) {
    const said = `Error ${refusal.errno}: ${toLetters(refusal.message)}`
    throw new SqlFileError(step, `the statement in backticks failed: ${said}`)
  }
  const row = results.find(({ columns }) => columns.length > 0)?.rows[0]
  return toLetters((row ?? []).map((value) => value ?? 'NULL').join('\t'))
}
