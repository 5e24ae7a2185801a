import { clearTimeout, performance, setTimeout } from '../clock.ts'
import { deadlineMs, type Duration } from '../duration.ts'
import { DeadlineError } from '../errors.ts'
import { printable } from '../redact.ts'
import { SentStatement } from '../workflow/sent-statement.ts'
import type { SessionBase } from '../workflow/session.ts'
import type { Row, Rows } from '../connection/rows.ts'
import { Interleaving, type StepResult } from './interleaving.ts'
import { ownersOf, type InterleavingPlan, type Step } from './plan.ts'

/** How long a waiting statement may take to go on once nobody holds a lock any more, in ms. */
const GOES_ON_WITHIN_MS = 500

interface Pending {
  readonly step: string
  readonly sql: string | undefined
  readonly statement: SentStatement<object>
}

export interface Cast {
  /** The sessions of the plan, by name, connected. */
  readonly sessions: ReadonlyMap<string, SessionBase>
  /** One more, for set-up, the final query and tear-down. */
  readonly control: SessionBase
  /** Deadline for each step to end or to be seen waiting. */
  readonly within: Duration
  readonly signal: AbortSignal
}

/**
 * Runs one order: sends each step in its place, and goes on when the server says that it waits for a lock.
 *
 * @throws {DeadlineError} if a step neither ends nor waits. What a step fails with is its result, not thrown.
 */
export async function runOrder(plan: InterleavingPlan, order: readonly string[], cast: Cast): Promise<Interleaving> {
  const { sessions, control } = cast
  const run = new OrderRun(plan, cast)
  await sendAll(control, plan.setup)
  try {
    for (const [name, { setup }] of Object.entries(plan.sessions)) await sendAll(sessions.get(name), setup)
    await run.play(order)
  } finally {
    await run.end()
  }
  const final = plan.final === undefined ? undefined : await control.query(plan.final)
  for (const [name, { teardown }] of Object.entries(plan.sessions)) await sendAll(sessions.get(name), teardown)
  await sendAll(control, plan.teardown)
  return new Interleaving(order, run.results(order), final)
}

async function sendAll(session: SessionBase | undefined, statements: readonly string[] = []): Promise<void> {
  for (const statement of statements) await session?.query(statement)
}

class OrderRun {
  readonly #plan: InterleavingPlan
  readonly #cast: Cast
  readonly #owners: ReadonlyMap<string, string>
  readonly #results = new Map<string, StepResult>()
  readonly #pending = new Map<string, Pending>()

  constructor(plan: InterleavingPlan, cast: Cast) {
    this.#plan = plan
    this.#cast = cast
    this.#owners = ownersOf(plan)
  }

  async play(order: readonly string[]): Promise<void> {
    for (const step of order) {
      const name = this.#owners.get(step) ?? ''
      // Its session waits: whoever could let it go on comes later in this order.
      if (this.#pending.has(name)) return
      await this.#send(step, name)
      await this.#review(step)
    }
  }

  async #send(step: string, name: string): Promise<void> {
    const session = this.#cast.sessions.get(name)
    const what = this.#plan.sessions[name]?.steps[step]
    if (session === undefined || what === undefined) throw new TypeError(`no session ${name} for step ${step}`)
    const statement = sent(session, step, what)
    const sql = typeof what === 'function' ? undefined : statement.sql
    const pending: Pending = { step, sql, statement }
    // Whoever awaits the result sees its end.
    statement.then(undefined, () => undefined)
    this.#pending.set(name, pending)
    if (await this.#waits(pending)) return
    this.#pending.delete(name)
    this.#note(name, pending, undefined)
  }

  /** After a step, some that waited may go on: they end, or are seen to wait again. */
  async #review(after: string): Promise<void> {
    for (const [name, pending] of [...this.#pending]) {
      if (this.#owners.get(after) === name) continue
      if (await this.#stillWaits(pending)) continue
      this.#pending.delete(name)
      this.#note(name, pending, after)
    }
  }

  async #waits({ step, statement }: Pending): Promise<boolean> {
    const { within, signal } = this.#cast
    try {
      return (await statement.untilBlocked({ within, signal })) !== undefined
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error
      throw new DeadlineError(
        `step ${step} to end or to wait for a lock: ${printable(statement.sql)}`,
        deadlineMs(within),
      )
    }
  }

  /** The server takes a moment to wake who waited: one for whom nobody holds a lock is about to go on. */
  async #stillWaits({ statement }: Pending): Promise<boolean> {
    const deadline = performance.now() + GOES_ON_WITHIN_MS
    for (;;) {
      const wait = await statement.untilBlocked({ within: this.#cast.within, signal: this.#cast.signal })
      if (wait === undefined) return false
      if (wait.holders.length + wait.maybe.length > 0 || performance.now() > deadline) return true
    }
  }

  #note(session: string, { step, sql, statement }: Pending, releasedBy: string | undefined): void {
    const { outcome, blocked } = statement
    const common = { step, session, ...(sql !== undefined && { sql }), waited: blocked !== undefined }
    const released = releasedBy === undefined ? {} : { releasedBy }
    if (outcome === undefined) this.#results.set(step, { ...common, status: 'blocked' })
    else if (outcome.status === 'failed') {
      this.#results.set(step, { ...common, ...released, status: 'failed', error: outcome.error })
    } else {
      const rows = Array.isArray(outcome.rows) ? { rows: outcome.rows as Rows<Row> } : {}
      this.#results.set(step, { ...common, ...released, status: 'completed', ...rows })
    }
  }

  /** Rolls back what is open, and with it ends what waits for that; what waits on is cancelled. */
  async end(): Promise<void> {
    const { sessions } = this.#cast
    for (const [name, pending] of this.#pending) this.#note(name, pending, undefined)
    const idle = [...sessions].filter(([name]) => !this.#pending.has(name))
    await Promise.all(idle.map(([, session]) => session.query('rollback')))
    const ends = [...this.#pending].map(async ([name, { statement }]) => {
      await endOf(statement)
      await sessions.get(name)?.query('rollback')
    })
    await Promise.all(ends)
    this.#pending.clear()
  }

  /** In the order of the steps; those that were not sent as well. */
  results(order: readonly string[]): StepResult[] {
    return order.map(
      (step) =>
        this.#results.get(step) ?? { step, session: this.#owners.get(step) ?? '', status: 'unsent', waited: false },
    )
  }
}

/** A statement that nobody holds up any more ends by itself, and sooner than the server would notice a KILL. */
async function endOf(statement: SentStatement<object>): Promise<void> {
  const timer = setTimeout(() => void statement.cancel(), GOES_ON_WITHIN_MS)
  await statement.settled
  clearTimeout(timer)
}

function sent(session: SessionBase, step: string, what: Step): SentStatement<object> {
  if (typeof what === 'string') return session.send(what)
  if (typeof what !== 'function') return session.send(...what)
  const work = what(session) as Promise<never>
  return new SentStatement<object>(session, step, { tracked: work, work })
}
