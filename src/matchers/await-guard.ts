import { expect } from 'vitest'
import { withCallSite } from '../call-site.ts'
import { scopes } from './await-scope.ts'

type Chain = Record<string, (...args: unknown[]) => unknown> & { readonly __flags?: Record<string, unknown> }

/**
 * Makes the test fail by name where an async matcher is not awaited. vitest itself does not notice: the test would
 * stay green, and the failure would turn up as an unhandled rejection, if at all.
 */
export function guardAsyncMatchers(names: readonly string[]): void {
  // expect.extend() puts the methods on the prototype that all assertions share, those of test contexts too.
  const prototype = Object.getPrototypeOf(expect(undefined)) as object
  for (const name of names) {
    const own = Object.getOwnPropertyDescriptor(prototype, name)
    const method = own?.value as ((...args: unknown[]) => unknown) | undefined
    if (method === undefined) throw new TypeError(`expect has no matcher ${name} to guard`)
    Object.defineProperty(prototype, name, {
      ...own,
      value: function guarded(this: Chain, ...args: unknown[]) {
        const result = method.apply(this, args)
        const task = this.__flags?.['vitest-test']
        const scope = typeof task === 'object' && task !== null ? scopes.get(task) : undefined
        if (scope === undefined || !(result instanceof Promise)) return result
        const placed = withCallSite(result, guarded)
        return scope.watchAwait(`expect(…).${name}(${args.map(describe).join(', ')})`, placed)
      },
    })
  }
}

/** An argument as text: a session by its name. */
function describe(arg: unknown): string | undefined {
  const named = typeof arg === 'object' && arg !== null && 'name' in arg && typeof arg.name === 'string'
  if (named) return String(arg.name)
  return JSON.stringify(arg, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
}
