import { formatDuration, formatQuantity } from '../number-format.ts'
import { clearTimeout, setTimeout } from '../clock.ts'
import type { LockWait } from '../connection/lock-wait.ts'
import { printable } from '../redact.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { firstLine, LockAccountError } from '../errors.ts'
import { SentStatement, type BlockedOptions } from '../workflow/sent-statement.ts'
import { SessionBase } from '../workflow/session.ts'
import { otherFailure, type MatcherState } from './other-failure.ts'

type AnyStatement = SentStatement<object>

/** The statement that `send` returned. */
export function statementOf(received: unknown, matcher: string): AnyStatement {
  if (received instanceof SentStatement) return received as AnyStatement
  throw new TypeError(
    `${matcher}() takes a statement in flight, such as session.send('update …'), not ${typeof received}`,
  )
}

/** As reports call it: `bob's statement (update t set …)`. */
export function named({ session, sql }: AnyStatement): string {
  return `${session.name}'s statement (${printable(sql)})`
}

/** How a statement ended, in words. */
export function ended({ outcome }: AnyStatement): string {
  if (outcome === undefined) return 'is still under way'
  const after = `after ${formatDuration(outcome.durationMs)}`
  if (outcome.status === 'failed') return `failed ${after}: ${firstLine(outcome.error)}${said(outcome.error)}`
  const { rows } = outcome
  return `completed ${after}: ${formatQuantity(rows.length || rows.affectedRows, 'row')}`
}

/** @throws what a statement failed with, if something else was asked than how it fails. */
function throwIfFailed(state: MatcherState, statement: AnyStatement, what: string): void {
  const { outcome } = statement
  if (outcome?.status !== 'failed') return
  throw otherFailure(state, named(statement), what, `it ${ended(statement)}`, outcome.error)
}

function said(error: unknown): string {
  const line =
    error instanceof Error ? error.message.split('\n').find((text) => text.includes('server said: ')) : undefined
  return line === undefined ? '' : `\n${line}`
}

/** `await expect(bob.send('update …')).toBeBlocked()` */
export async function toBeBlocked(this: MatcherState, received: unknown, options?: BlockedOptions) {
  const statement = statementOf(received, 'toBeBlocked')
  const wait = await statement.blockedWithin(options)
  if (wait === undefined) throwIfFailed(this, statement, 'to be blocked')
  return {
    pass: wait !== undefined,
    message: () =>
      wait === undefined
        ? `expected ${named(statement)} to be blocked, but it ${unblocked(statement)}`
        : `expected ${named(statement)} not to be blocked, but it waits for ${describeHolders(wait)}`,
  }
}

/** `await expect(bob.send('update …')).toBeBlockedBy(alice)` */
export async function toBeBlockedBy(this: MatcherState, received: unknown, holder: unknown, options?: BlockedOptions) {
  const statement = statementOf(received, 'toBeBlockedBy')
  if (!(holder instanceof SessionBase)) {
    throw new TypeError(`toBeBlockedBy() takes the session expected to hold the lock, not ${typeof holder}`)
  }
  const { name, connectionId: id, error } = holder
  const what = `to be blocked by ${name}`
  if (id === undefined || error !== undefined) {
    const why = error === undefined ? 'has not connected' : `failed: ${firstLine(error)}`
    throw otherFailure(this, named(statement), what, `${name} ${why}`, error)
  }
  const wait = await statement.blockedWithin(options)
  if (wait === undefined) throwIfFailed(this, statement, what)
  const pass = wait?.holders.includes(id) === true
  const nobody = wait?.holders.length === 0 && wait.maybe.length === 0
  if (!pass && (nobody || wait?.maybe.includes(id))) {
    throw new LockAccountError(
      `whether ${named(statement)} waits for ${name} (connection ${id}) can't be known: the server says only that it waits for ${describeHolders(wait)}`,
    )
  }
  const problem =
    wait === undefined
      ? `it ${unblocked(statement)}`
      : `it waits for ${describeHolders(wait)}, and ${name} is connection ${id}`
  return {
    pass,
    message: () =>
      pass
        ? `expected ${named(statement)} not to be blocked by ${name}, but it is`
        : `expected ${named(statement)} to be blocked by ${name}, but ${problem}`,
  }
}

function unblocked(statement: AnyStatement): string {
  return statement.outcome === undefined
    ? 'is still under way, and the server does not list it among those that wait'
    : ended(statement)
}

const HELD: Readonly<Record<LockWait['kind'], string>> = {
  row: '',
  metadata: 'the end of transactions of ',
  queue: 'the end of DDL of ',
}

function describeHolders({ kind, holders, maybe }: LockWait): string {
  const sure = holders.length === 0 ? [] : [`connection ${holders.join(', ')}`]
  const unsure = maybe.length === 0 ? [] : [`some of the connections ${maybe.join(', ')}`]
  return `${HELD[kind]}${[...sure, ...unsure].join(' and perhaps ') || 'an unknown connection'}`
}

/** `await expect(write).toBeReleasedWithin('100ms')`, after what held it was ended. */
export async function toBeReleasedWithin(this: MatcherState, received: unknown, within: Duration) {
  const statement = statementOf(received, 'toBeReleasedWithin')
  const ms = deadlineMs(within)
  if (statement.outcome === undefined) {
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
    await Promise.race([statement.settled, deadline])
    clearTimeout(timer)
  }
  const { outcome } = statement
  if (outcome !== undefined) ignore(statement)
  throwIfFailed(this, statement, `to be released within ${formatDuration(ms)}`)
  const pass = outcome?.status === 'completed'
  return {
    pass,
    message: () =>
      pass
        ? `expected ${named(statement)} not to be released within ${formatDuration(ms)}, but it ${ended(statement)}`
        : `expected ${named(statement)} to be released within ${formatDuration(ms)}, but it ${ended(statement)}`,
  }
}

/** The matcher has judged how a statement ended: that it failed need not be awaited any more. */
export function ignore(statement: PromiseLike<unknown>): void {
  statement.then(undefined, () => undefined)
}
