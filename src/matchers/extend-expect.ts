import { chai, expect } from 'vitest'
import { withCallSite } from '../call-site.ts'
import { harmless } from '../terminal-text.ts'
import { scopeOf } from './await-scope.ts'

type Chain = object & { readonly _obj: unknown }
type Method = (this: Chain, ...args: unknown[]) => unknown
export type Matcher = Parameters<typeof expect.extend>[0][string]

/**
 * Adds matchers to vitest's `expect`: the only way in which this package does. Each one that turns out to be async makes
 * the test fail by name if it is not awaited. vitest itself does not notice: the test would stay green, and the failure
 * would turn up as an unhandled rejection, if at all.
 */
export function extendExpect(matchers: Readonly<Record<string, Matcher>>): void {
  const fit = Object.entries(matchers).map(([name, matcher]) => [name, printingFit(matcher)] as const)
  expect.extend(Object.fromEntries(fit))
  // expect.extend() puts the methods on the prototype that all assertions share, those of test contexts too.
  for (const name of Object.keys(matchers)) guard(chai.Assertion.prototype, name)
}

/** The same matcher, whose message is fit to print: it quotes servers, jobs and statements. */
function printingFit(matcher: Matcher): Matcher {
  type Verdict = Awaited<ReturnType<Matcher>>
  const fit = (verdict: Verdict): Verdict => ({ ...verdict, message: () => harmless(verdict.message()) })
  return function (this: never, ...args: [never]) {
    const verdict = matcher.apply(this, args)
    return verdict instanceof Promise ? verdict.then(fit) : fit(verdict)
  } as Matcher
}

function guard(prototype: object, name: string): void {
  const own = Object.getOwnPropertyDescriptor(prototype, name)
  const method = own?.value as Method
  Object.defineProperty(prototype, name, {
    ...own,
    value: function guarded(this: Chain, ...args: unknown[]) {
      const scope = scopeOf(this._obj, chai.util.flag(this, 'vitest-test'))
      // A soft failure goes to the test that vitest takes for the current one.
      if (scope !== undefined) chai.util.flag(this, 'vitest-test', scope.task)
      const result = method.apply(this, args)
      if (scope === undefined || !(result instanceof Promise)) return result
      return scope.watchAwait(`expect(…).${name}(${args.map(describe).join(', ')})`, withCallSite(result, guarded))
    },
  })
}

/** An argument as text: a session by its name. */
function describe(arg: unknown): string | undefined {
  const named = typeof arg === 'object' && arg !== null && 'name' in arg && typeof arg.name === 'string'
  if (named) return String(arg.name)
  return JSON.stringify(arg, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value))
}
