import { SentStatement } from '../workflow/sent-statement.ts'
import { TrackedPromise } from '../workflow/tracked-promise.ts'

/** What has to be awaited before a test ends: the fixtures make one for each test. */
export interface AwaitScope {
  /** vitest's task of the test. */
  readonly task: object
  /** If the test fails, this drawing (SVG) is attached to it: drawn only then. */
  attach(draw: () => Promise<string>): void
  /** Wraps a promise, so that the test fails if nobody awaits it. */
  watchAwait<T>(label: string, work: Promise<T>): Promise<T>
}

const ofTests = new WeakMap<object, AwaitScope>()
const ofValues = new WeakMap<object, AwaitScope>()

/** Notes whose test is under way. @returns what ends that. */
export function beginScope(scope: AwaitScope): () => void {
  ofTests.set(scope.task, scope)
  return () => ofTests.delete(scope.task)
}

/** Notes which test something belongs to that matchers take: a session, a watched job, a list of jobs. */
export function belongsTo<T extends object>(value: T, scope: AwaitScope): T {
  ofValues.set(value, scope)
  return value
}

/**
 * The test that an assertion belongs to: by what it is about, as one that runs beside others may not be the one that
 * vitest takes for the current test.
 *
 * @param task vitest's current test, for values that no fixture made.
 */
export function scopeOf(received: unknown, task: unknown): AwaitScope | undefined {
  const owner = ownerOf(received)
  return (isObject(owner) ? ofValues.get(owner) : undefined) ?? (isObject(task) ? ofTests.get(task) : undefined)
}

function ownerOf(received: unknown): unknown {
  if (received instanceof SentStatement) return (received as SentStatement<object>).session
  return received instanceof TrackedPromise ? (received as TrackedPromise<unknown>).owner : received
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
