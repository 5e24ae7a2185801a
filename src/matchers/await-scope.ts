/** What has to be awaited before a test ends: the fixtures make one for each test. */
export interface AwaitScope {
  /** Wraps a promise, so that the test fails where nobody awaits it. */
  watchAwait<T>(label: string, work: Promise<T>): Promise<T>
}

/** The scope of each test under way, by vitest's task: matchers look up theirs here. */
export const scopes = new WeakMap<object, AwaitScope>()
