import { expect, test } from 'vitest'
import { BreakerOpenError } from './connection/breaker.ts'
import * as family from './errors.ts'
import type { TiDBErrorDetails } from './errors.ts'
import { DatabaseStockError } from './global-setup/database-stock.ts'

const SAID = "x\u001b[2J\u0007\u202e\r\n::error::y ##[group]z identified by 'hunter2' https://hunter2@h"
const { aborted: _, describeReason: _d, firstLine: _f, TiDBError: _t, ...classes } = family
const plain = { ...classes, BreakerOpenError, DatabaseStockError } as unknown as Record<
  string,
  new (...given: unknown[]) => Error
>
const details: TiDBErrorDetails & Record<string, unknown> = {
  host: SAID,
  answer: { code: SAID, errno: 1, sqlState: SAID, message: SAID },
  hints: [SAID],
  fate: SAID,
  session: SAID,
  history: [
    {
      state: SAID,
      from: SAID,
      outcome: 'failed',
      at: new Date(0),
      durationMs: 1,
      attempts: 1,
      finding: SAID,
      error: SAID,
    },
  ],
}
/** What stands before the details, if it is not only what happened. */
const before: Record<string, unknown[]> = {
  ConfigError: [[SAID], SAID],
  DeadlineError: [SAID, 1],
  CheckError: [SAID, SAID],
  StateError: [SAID, SAID],
  ImportJobError: [SAID, SAID],
}

/** Every text in it that reporters print: own and inherited properties, as vitest hands them over. */
function textsIn(value: unknown, seen = new Set<unknown>()): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  const texts: string[] = []
  for (
    let object = value;
    object !== Object.prototype && object !== null;
    object = Object.getPrototypeOf(object) as object
  ) {
    for (const name of Object.getOwnPropertyNames(object)) {
      if (name !== 'stack') texts.push(...textsIn((value as Record<string, unknown>)[name], seen))
    }
  }
  return texts
}

test.for(Object.keys(plain))('%s holds nothing that moves a cursor, gives a command or is a secret', (name) => {
  const error = new (plain[name] as new (...given: unknown[]) => Error)(...(before[name] ?? [SAID]), details)
  const texts = textsIn(error)
  expect(texts.length).toBeGreaterThan(4)
  for (const text of texts) {
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]|^\s*::|##\[|hunter2/m)
  }
})
