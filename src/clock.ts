// The one door to timers and time, held by lint: a test may fake the globals, while our deadlines have to pass all the
// same. vitest's fake timers leave these modules as they are, so it does not matter whether they came first.
import { performance } from 'node:perf_hooks'
import * as timers from 'node:timers'
import { setTimeout as realDelay } from 'node:timers/promises'

export { performance }

// Taken once, when this is loaded: `fakeNodeBuiltins` fakes the modules as well.
export const { setTimeout, clearTimeout, setImmediate } = timers

/** Waits for so many ms, or until the signal is aborted, and then throws. */
export const delay = realDelay

/** Ms since 1970, with fractions, by the clock that nobody can set: `Date.now()` may be faked, and may jump. */
export function wallTime(): number {
  return performance.timeOrigin + performance.now()
}
