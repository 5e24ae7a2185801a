import type { SessionSettings } from '../config/session-settings.ts'
import { workflow as builtIn, type BuiltInResults } from '../workflow/default-workflow.ts'
import type { Session } from '../workflow/session.ts'
import type { Results, Workflow } from '../workflow/workflow.ts'
import type { RunCoordinator } from './party.ts'

/** What one session of a run does. */
export type Work<R extends Results, T> = (session: Session<R>, coordinator: RunCoordinator) => Promise<T> | T

/** One connection of a run: who connects where, through which workflow, and what it does then. */
export interface ConnectionPlan<T> {
  /** Settings that differ from the run's, such as another user, database, host or node of a cluster. */
  readonly settings: SessionSettings
  readonly workflow: Workflow
  readonly work: Work<Results, T>
}

/**
 * Plans a connection that differs from the others of its run, typed: by its settings, or by a workflow of its own.
 * Without `work` it goes through its whole workflow and returns what each state found.
 *
 * @example
 * const outcome = await tidbPool.run({
 *   reader: defineConnection({ settings: { user: 'reader' }, work: (session) => session.gettingVersion() }),
 *   checker: defineConnection({ workflow: workflow.with(checkingTiFlash) }),
 * })
 * outcome.value('checker').CheckingTiFlash
 */
export function defineConnection<R extends Results = BuiltInResults, T = R>({
  settings = {},
  workflow = builtIn as unknown as Workflow<R>,
  work,
}: {
  readonly settings?: SessionSettings
  readonly workflow?: Workflow<R>
  readonly work?: Work<R, T>
}): ConnectionPlan<T> {
  const whole = async (session: Session<R>) => (await session.machine.run()).results as unknown as T
  return { settings, workflow: workflow as unknown as Workflow, work: (work ?? whole) as Work<Results, T> }
}
